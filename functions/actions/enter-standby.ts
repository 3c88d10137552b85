import type { ActionDefinition } from './action-definition.ts'

/**
 * Takes the member out of its group's care, so that the group does not replace it while it is stopped or boots. `find` reads
 * its lifecycle: `EnteringStandby` or `Standby` is our doing; `InService` means that it was not taken. A mark is written
 * before: whatever ends the plan early, the closing or the sweep takes the agent out again.
 */
export const enterStandby: ActionDefinition = {
  kind: 'enter-standby',
  channel: 'ec2-api',
  destructive: false,
  disruptive: true,
  undo: 'aws autoscaling exit-standby --instance-ids <id> --auto-scaling-group-name <group>',
  deadlineSeconds: 300,
  async start({ target, parameters }, { groups, incidents, clock }, { incidentId }) {
    const group = parameters['Group'] ?? ''
    const subject = { kind: 'agent' as const, agent: target }
    await incidents.markStandby({ subject, group, incidentId, at: clock.now().toISOString() })
    await groups.enterStandby(target, group, parameters['KeepCapacity'] === 'true')
    return {}
  },
  async find(action, { groups }) {
    const lifecycle = (await groups.membershipOf(action.target))?.lifecycle
    if (lifecycle === 'EnteringStandby' || lifecycle === 'Standby') return {}
    return lifecycle === 'InService' ? 'not-started' : 'unknown'
  },
  async check(action, _handle, { groups }) {
    const lifecycle = (await groups.membershipOf(action.target))?.lifecycle
    if (lifecycle === 'Standby') return { status: 'succeeded', detail: 'the instance is in Standby' }
    if (lifecycle === 'EnteringStandby')
      return { status: 'pending', waitSeconds: 10, detail: 'the instance enters Standby' }
    // Descriptions are eventually consistent: one empty answer is no proof that it left its group.
    if (!lifecycle) return { status: 'pending', waitSeconds: 10, detail: 'the group does not tell of the instance' }
    return { status: 'failed', detail: `the lifecycle state is ${lifecycle}` }
  },
}
