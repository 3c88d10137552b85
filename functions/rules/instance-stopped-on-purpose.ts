import { ec2Of, fact } from './facts.ts'
import { insufficient, matched, notMatched, type Rule } from './rule.ts'

const cause = 'instance-stopped-on-purpose'
const down = new Set(['stopping', 'stopped', 'shutting-down', 'terminated'])

/**
 * Somebody stopped or terminated the instance through the API. It is never undone automatically, whoever called. Neighbour:
 * reasons that begin with `Server.` and shutdowns from inside the instance are faults (instance-gone).
 */
export const instanceStoppedOnPurpose: Rule = {
  cause,
  explains: ['service-stopped', 'ssm-agent-unreachable', 'instance-profile-missing'],
  judge(evidence) {
    const ec2 = ec2Of(evidence)
    if (!ec2) {
      if (evidence.platform.status === 'observed') return notMatched(cause, 'the agent is no EC2 instance')
      return insufficient(cause, ['platform.stateReasonCode'], `EC2 could not be read: ${evidence.platform.reason}`)
    }
    if (!down.has(ec2.state)) return notMatched(cause, `the instance is ${ec2.state}`)
    if (ec2.stateReasonCode === null)
      return insufficient(cause, ['platform.stateReasonCode'], 'EC2 gave no reason for the state')
    if (ec2.stateReasonCode !== 'Client.UserInitiatedShutdown')
      return notMatched(cause, `the reason is ${ec2.stateReasonCode}`)
    return matched(cause, 0.97, [
      fact('EC2 state reason', ec2.stateReasonCode, 'ec2-api'),
      ...(ec2.stateTransitionReason ? [fact('EC2 transition', ec2.stateTransitionReason, 'ec2-api')] : []),
    ])
  },
}
