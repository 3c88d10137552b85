import type { Action } from '../domain/action.ts'
import { PermissionDeniedError } from '../domain/errors.ts'
import type { ActionContext, ActionDefinition, ActionServices } from './action-definition.ts'

/** How an agent was taken out of work, for the report. */
const outOfWork = async (action: Action, { groups, commands, nodes }: ActionServices): Promise<string> => {
  const { target, parameters } = action
  const { Group: group = '', Unit: unit = '' } = parameters
  const lifecycle = group ? (await groups.membershipOf(target))?.lifecycle : undefined
  if (lifecycle === 'InService') {
    // A substitute keeps the pool's capacity while the sick one is kept for a person to look at.
    await groups.enterStandby(target, group, true)
    return `standby in group ${group}, which launches a substitute`
  }
  if (lifecycle) return `the group has it as ${lifecycle} already`
  if (target.model === 'ecs') return 'nothing to take out: its scheduler gives a stopped task no work'
  if (target.model === 'codebuild') return 'nothing to take out: a build ends by itself'
  if ((await nodes.describe(target)).ping !== 'Online') return 'not taken out: Run Command does not reach it'
  await commands.send(target, 'stop-service', { Unit: unit, ActionId: action.id }, action.id)
  return `unit ${unit} is told to stop`
}

const flag = (
  action: Action,
  { incidents, clock }: ActionServices,
  { incidentId, cause }: ActionContext,
): Promise<void> =>
  incidents.quarantine(
    { kind: 'agent', agent: action.target },
    incidentId,
    `the ladder for ${cause} ended without recovery`,
    clock.now().toISOString(),
  )

/**
 * Leaves the agent alone until a person lifts it, and takes it out of work where its model allows it. The flag is written
 * first: whatever fails afterwards, no automatic action follows. A repeat finds the agent in Standby, or its host refuses
 * the second run of the same action id; so `find` may always start again.
 */
export const quarantine: ActionDefinition = {
  kind: 'quarantine',
  channel: 'ec2-api',
  destructive: false,
  disruptive: false,
  undo: 'Lift the quarantine; take the instance out of Standby (aws autoscaling exit-standby), or start its unit again.',
  deadlineSeconds: 300,
  async start(action, services, context) {
    await flag(action, services, context)
    try {
      return { outOfWork: await outOfWork(action, services) }
    } catch (error) {
      if (!(error instanceof PermissionDeniedError)) throw error
      return { outOfWork: `not taken out: ${error.message}` }
    }
  },
  async find() {
    return 'not-started'
  },
  async check(action, handle, { groups, incidents }) {
    const standing = await incidents.quarantined({ kind: 'agent', agent: action.target })
    if (!standing) return { status: 'failed', detail: 'the quarantine is not written' }
    const how = handle['outOfWork'] ?? 'not known whether it was taken out'
    const lifecycle = action.parameters['Group'] ? (await groups.membershipOf(action.target))?.lifecycle : undefined
    if (lifecycle === 'EnteringStandby') return { status: 'pending', waitSeconds: 10, detail: how }
    return { status: 'succeeded', detail: `quarantined; ${how}` }
  },
}
