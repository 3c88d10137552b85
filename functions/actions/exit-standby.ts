import type { ActionDefinition } from './action-definition.ts'

const underWay = new Set(['Pending', 'Pending:Wait', 'Pending:Proceed', 'Standby', 'EnteringStandby'])

/**
 * Gives the member back to its group. `find` reads its lifecycle: `Pending` or `InService` is our doing; `Standby` means
 * that it was not taken. An instance that never entered Standby is in service already, and that is what was wanted.
 */
export const exitStandby: ActionDefinition = {
  kind: 'exit-standby',
  channel: 'ec2-api',
  destructive: false,
  disruptive: false,
  undo: 'Nothing to undo: the instance is where it was before.',
  deadlineSeconds: 300,
  async start(action, { groups }) {
    const lifecycle = (await groups.membershipOf(action.target))?.lifecycle
    if (lifecycle === 'InService') return { wasIn: 'InService' }
    await groups.exitStandby(action.target, action.parameters['Group'] ?? '')
    return {}
  },
  async find(action, { groups }) {
    const lifecycle = (await groups.membershipOf(action.target))?.lifecycle
    if (lifecycle?.startsWith('Pending') || lifecycle === 'InService') return {}
    return lifecycle === 'Standby' ? 'not-started' : 'unknown'
  },
  async check(action, _handle, { groups, incidents }) {
    const lifecycle = (await groups.membershipOf(action.target))?.lifecycle
    if (lifecycle === 'InService') {
      await incidents.clearStandby({ kind: 'agent', agent: action.target })
      return { status: 'succeeded', detail: 'the instance is in service' }
    }
    if (lifecycle && underWay.has(lifecycle))
      return { status: 'pending', waitSeconds: 10, detail: `the instance is ${lifecycle}` }
    return { status: 'failed', detail: `the lifecycle state is ${lifecycle ?? 'none: no member any more'}` }
  },
}
