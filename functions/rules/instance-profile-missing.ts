import { ec2Of, fact } from './facts.ts'
import { insufficient, matched, notMatched, type Rule } from './rule.ts'

const cause = 'instance-profile-missing'

/**
 * The instance has no instance profile, so its agent has no credentials, at once or when those it holds expire. That
 * explains an SSM agent that is not reached. Neighbour: a profile whose role lacks a permission is permission-missing.
 */
export const instanceProfileMissing: Rule = {
  cause,
  explains: ['ssm-agent-unreachable', 'service-stopped', 'service-crash-loop'],
  judge(evidence, { pool, signal }) {
    const ec2 = ec2Of(evidence)
    if (!ec2) {
      if (evidence.platform.status === 'observed') return notMatched(cause, 'the agent is no EC2 instance')
      return insufficient(cause, ['platform.instanceProfileArn'], `EC2 could not be read: ${evidence.platform.reason}`)
    }
    if (ec2.instanceProfileArn === undefined)
      return insufficient(cause, ['platform.instanceProfileArn'], 'the association could not be read')
    if (ec2.instanceProfileArn !== null) return notMatched(cause, `profile ${ec2.instanceProfileArn} is associated`)
    if (ec2.state !== 'running') return notMatched(cause, `the instance is ${ec2.state}`)
    if (!pool.instanceProfileArn) return notMatched(cause, 'fleet.json expects no instance profile for this pool')
    const told = signal.kind === 'instance-profile-removed'
    return matched(cause, told ? 0.98 : 0.9, [
      fact('instance profile', 'none associated', 'ec2-api'),
      ...(told ? [fact('CloudTrail', signal.summary, 'trail')] : []),
    ])
  },
}
