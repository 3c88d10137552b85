import type { AgentModel } from '../domain/agent.ts'
import type { Channel } from '../domain/channel.ts'
import type { Rung, RungContext } from './playbook.ts'

/** By the fleet's word and not by the evidence: a quarantine is needed most when nothing could be read. */
const groupNameOf = ({ pool: { agents } }: RungContext): string =>
  'autoScalingGroup' in agents ? agents.autoScalingGroup : ''

const channels: Record<AgentModel, Channel> = { ec2: 'ec2-api', hybrid: 'ssm', ecs: 'ecs-api', codebuild: 'event' }

/**
 * After the last rung of every ladder: no automatic action until a person lifts it, and the agent out of work where its
 * model allows it. It is automatic and never destructive: nothing is ended, and all of it can be put back. With a
 * substitute, its group launches another member meanwhile; without one, the agent's unit is stopped where it stands.
 */
export const quarantine = (model: AgentModel, substitute = true): Rung => ({
  id: 'quarantine',
  models: ['ec2', 'ecs', 'codebuild', 'hybrid'],
  channel: channels[model],
  gate: 'automatic',
  destructive: false,
  expectedEffect: 'the agent takes no work, and the medic leaves it alone until a person lifts the quarantine',
  preconditions: [],
  inapplicable: () => null,
  actions: (context) => [
    {
      kind: 'quarantine',
      parameters: { Unit: context.profile.host?.unit ?? '', Group: substitute ? groupNameOf(context) : '' },
    },
  ],
})
