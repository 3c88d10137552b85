import { ec2Of, fact, heartbeatFact, metricsOf } from './facts.ts'
import { insufficient, matched, notMatched, type Rule } from './rule.ts'

const cause = 'ssm-agent-unreachable'

/**
 * The instance is well by EC2, and Systems Manager does not reach it: its SSM agent is down, or something on the host cuts
 * the way (clock, DNS, egress, a full root disk). From outside these look alike; a reboot mends some. Neighbours:
 * instance-impaired, instance-profile-missing and instance-stopped-on-purpose cut the way as well, and are seen by EC2.
 */
export const ssmAgentUnreachable: Rule = {
  cause,
  explains: [],
  judge(evidence) {
    if (evidence.host.status === 'observed') return notMatched(cause, 'the host answered the probe')
    const ec2 = ec2Of(evidence)
    if (!ec2) {
      const node = evidence.platform.status === 'observed' ? evidence.platform.value : undefined
      if (node?.model === 'ecs') return notMatched(cause, 'a container has no SSM agent of its own')
      if (node?.model === 'hybrid')
        return notMatched(cause, 'an on-premises node has no checks from outside that could tell it apart')
      return insufficient(cause, ['platform'], 'EC2 could not be read')
    }
    if (ec2.state !== 'running') return notMatched(cause, `the instance is ${ec2.state}`)
    if (ec2.systemStatus !== 'ok' || ec2.instanceStatus !== 'ok')
      return notMatched(cause, `status checks: system ${ec2.systemStatus}, instance ${ec2.instanceStatus}`)
    if (ec2.ping === null) return insufficient(cause, ['platform.ping'], 'Systems Manager could not be read')
    const silent = metricsOf(evidence)?.heartbeat.lastSeenSecondsAgo ?? null
    return matched(cause, ec2.ping === 'Online' ? 0.6 : 0.85, [
      fact('ping status in Systems Manager', ec2.ping, 'ssm'),
      fact('EC2 status checks', 'system ok, instance ok', 'ec2-api'),
      fact('host probe', evidence.host.reason, 'ssm'),
      ...(silent === null ? heartbeatFact(metricsOf(evidence)) : []),
    ])
  },
}
