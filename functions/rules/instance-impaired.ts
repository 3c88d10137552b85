import { ec2Of, fact } from './facts.ts'
import { insufficient, matched, notMatched, type Rule } from './rule.ts'

const cause = 'instance-impaired'

/**
 * A status check of EC2 failed: the hardware below the instance (system) or its own operating system and network
 * (instance). Neighbour: `initializing` and `insufficient-data` are no failure, they follow each start.
 */
export const instanceImpaired: Rule = {
  cause,
  explains: ['service-stopped', 'ssm-agent-unreachable'],
  judge(evidence) {
    const ec2 = ec2Of(evidence)
    if (!ec2) {
      if (evidence.platform.status === 'observed') return notMatched(cause, 'the agent is no EC2 instance')
      return insufficient(cause, ['platform'], `EC2 could not be read: ${evidence.platform.reason}`)
    }
    const failed = [
      ...(ec2.systemStatus === 'impaired' ? [fact('system status check', 'impaired', 'ec2-api')] : []),
      ...(ec2.instanceStatus === 'impaired' ? [fact('instance status check', 'impaired', 'ec2-api')] : []),
    ]
    if (failed.length === 0)
      return notMatched(cause, `status checks: system ${ec2.systemStatus}, instance ${ec2.instanceStatus}`)
    return matched(cause, 0.95, failed)
  },
}
