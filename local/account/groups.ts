import { applyFault } from '../fleet/faults.ts'
import { launchInstance, terminateInstance } from './instances.ts'
import type { AccountState, Group, Instance } from './state.ts'

/** A group looks at its members about once a minute, and a member is in service some time after it runs. */
const seconds = { notice: 60, terminate: 30, inService: 60, standby: 15 }

/** Launches until the group has what it desires; members in Standby and on their way out do not count. */
export const fillGroup = (state: AccountState, group: Group): void => {
  const pool = state.fleet.pools.find(
    ({ agents }) => 'autoScalingGroup' in agents && agents.autoScalingGroup === group.name,
  )
  if (!pool) return
  const counted = () =>
    [...group.members.values()].filter(({ lifecycle }) => !/Standby|Terminat|Detach/.test(lifecycle)).length
  while (counted() < group.desired) {
    const instance = launchInstance(state, pool, group.name)
    for (const fault of group.launchesWith) state.timeline.after(90, () => applyFault(state, instance.id, fault))
    const member = { lifecycle: 'Pending', health: 'Healthy' as const }
    group.members.set(instance.id, member)
    state.timeline.after(seconds.inService, () => {
      if (member.lifecycle === 'Pending') member.lifecycle = 'InService'
    })
  }
}

const takeOut = (state: AccountState, group: Group, instance: Instance): void => {
  const member = group.members.get(instance.id)
  if (!member) return
  member.lifecycle = 'Terminating'
  terminateInstance(state, instance)
  state.timeline.after(seconds.terminate, () => group.members.delete(instance.id))
  fillGroup(state, group)
}

/** A group replaces a member in service that does not run or fails its status checks; one in Standby is not its business. */
export const groupNoticesLoss = (state: AccountState, instance: Instance): void => {
  const group = instance.groupName ? state.groups.get(instance.groupName) : undefined
  if (!group?.replacesUnhealthy) return
  state.timeline.after(seconds.notice, () => {
    const member = group.members.get(instance.id)
    const bad = instance.state !== 'running' || instance.impaired !== null
    if (member?.lifecycle !== 'InService' || !bad) return
    member.health = 'Unhealthy'
    takeOut(state, group, instance)
  })
}

export const enterStandby = (state: AccountState, group: Group, instance: Instance, decrement: boolean): void => {
  const member = group.members.get(instance.id)
  if (!member) return
  member.lifecycle = 'EnteringStandby'
  if (decrement) group.desired -= 1
  state.timeline.after(seconds.standby, () => {
    member.lifecycle = 'Standby'
  })
  fillGroup(state, group)
}

export const exitStandby = (state: AccountState, group: Group, instance: Instance): void => {
  const member = group.members.get(instance.id)
  if (!member) return
  member.lifecycle = 'Pending'
  group.desired += 1
  state.timeline.after(seconds.standby, () => {
    member.lifecycle = 'InService'
  })
  groupNoticesLoss(state, instance)
}

/** TerminateInstanceInAutoScalingGroup: the member goes, and without a decrement the group launches its successor. */
export const terminateMember = (state: AccountState, group: Group, instance: Instance, decrement: boolean): void => {
  if (decrement) group.desired -= 1
  takeOut(state, group, instance)
}
