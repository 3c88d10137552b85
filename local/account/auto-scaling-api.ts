import { serviceError } from './errors.ts'
import { enterStandby, exitStandby, terminateMember } from './groups.ts'
import { type Operation, operation, z } from './input.ts'
import type { AccountState, Group, Instance } from './state.ts'

const names = z.array(z.string())
const refused = (message: string) => serviceError('ValidationError', message)

export const autoScalingApi = (state: AccountState): Record<string, Operation> => {
  const groupNamed = (name: string): Group => {
    const group = state.groups.get(name)
    if (!group) throw refused(`AutoScalingGroup name not found - ${name}`)
    return group
  }
  const memberOf = (group: Group, id: string): { instance: Instance; lifecycle: string } => {
    const member = group.members.get(id)
    const instance = state.instances.get(id)
    if (!member || !instance) throw refused(`The instance ${id} is not part of Auto Scaling group ${group.name}.`)
    return { instance, lifecycle: member.lifecycle }
  }
  const activity = () => ({
    Activities: [{ ActivityId: state.newId('', 32), StatusCode: 'InProgress', StartTime: state.timeline.now() }],
  })
  const standby = z.strictObject({
    InstanceIds: names,
    AutoScalingGroupName: z.string(),
    ShouldDecrementDesiredCapacity: z.boolean(),
  })
  return {
    DescribeAutoScalingGroups: operation(
      'auto-scaling',
      'DescribeAutoScalingGroups',
      z.strictObject({ AutoScalingGroupNames: names }),
      ({ AutoScalingGroupNames }) => ({
        AutoScalingGroups: AutoScalingGroupNames.flatMap((name) => state.groups.get(name) ?? []).map((group) => ({
          AutoScalingGroupName: group.name,
          MinSize: group.min,
          MaxSize: group.max,
          DesiredCapacity: group.desired,
          Instances: [...group.members].map(([InstanceId, { lifecycle, health }]) => ({
            InstanceId,
            LifecycleState: lifecycle,
            HealthStatus: health,
          })),
        })),
      }),
    ),
    DescribeAutoScalingInstances: operation(
      'auto-scaling',
      'DescribeAutoScalingInstances',
      z.strictObject({ InstanceIds: names }),
      ({ InstanceIds }) => ({
        AutoScalingInstances: [...state.groups.values()].flatMap((group) =>
          InstanceIds.flatMap((InstanceId) => {
            const member = group.members.get(InstanceId)
            return member
              ? [
                  {
                    InstanceId,
                    AutoScalingGroupName: group.name,
                    LifecycleState: member.lifecycle,
                    HealthStatus: member.health.toUpperCase(),
                  },
                ]
              : []
          }),
        ),
      }),
    ),
    EnterStandby: operation(
      'auto-scaling',
      'EnterStandby',
      standby,
      ({ InstanceIds, AutoScalingGroupName, ShouldDecrementDesiredCapacity }) => {
        const group = groupNamed(AutoScalingGroupName)
        for (const id of InstanceIds) {
          const { instance, lifecycle } = memberOf(group, id)
          if (lifecycle !== 'InService') throw refused(`The instance ${id} is not in InService.`)
          if (ShouldDecrementDesiredCapacity && group.desired - 1 < group.min)
            throw refused(
              `AutoScalingGroup ${group.name} has min-size=${group.min}, max-size=${group.max}, and desired-size=${group.desired}. To place into standby 1 instance, please update the AutoScalingGroup sizes appropriately.`,
            )
          enterStandby(state, group, instance, ShouldDecrementDesiredCapacity)
        }
        return activity()
      },
    ),
    ExitStandby: operation(
      'auto-scaling',
      'ExitStandby',
      z.strictObject({ InstanceIds: names, AutoScalingGroupName: z.string() }),
      ({ InstanceIds, AutoScalingGroupName }) => {
        const group = groupNamed(AutoScalingGroupName)
        for (const id of InstanceIds) {
          const { instance, lifecycle } = memberOf(group, id)
          if (lifecycle !== 'Standby') throw refused(`The instance ${id} is not in Standby.`)
          if (group.desired + 1 > group.max)
            throw refused(
              `AutoScalingGroup ${group.name} has max-size=${group.max} and desired-size=${group.desired}. To take 1 instance out of standby, please update the AutoScalingGroup sizes appropriately.`,
            )
          exitStandby(state, group, instance)
        }
        return activity()
      },
    ),
    TerminateInstanceInAutoScalingGroup: operation(
      'auto-scaling',
      'TerminateInstanceInAutoScalingGroup',
      z.strictObject({ InstanceId: z.string(), ShouldDecrementDesiredCapacity: z.boolean() }),
      ({ InstanceId, ShouldDecrementDesiredCapacity }) => {
        const group = [...state.groups.values()].find(({ members }) => members.has(InstanceId))
        if (!group) throw refused(`Instance Id not found - No managed instance found for instance ID ${InstanceId}`)
        terminateMember(state, group, memberOf(group, InstanceId).instance, ShouldDecrementDesiredCapacity)
        return { Activity: activity().Activities[0] }
      },
    ),
  }
}
