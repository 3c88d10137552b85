import {
  DescribeAutoScalingGroupsCommand,
  DescribeAutoScalingInstancesCommand,
  EnterStandbyCommand,
  ExitStandbyCommand,
  TerminateInstanceInAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling'
import type { AgentRef } from '../domain/agent.ts'
import type { Platform } from '../runtime/platform.ts'
import { autoScalingChangeClient, autoScalingClient } from './clients.ts'
import { guarded } from './failures.ts'

export interface Membership {
  group: string
  /** LifecycleState, such as `InService`, `Standby`, `EnteringStandby`, `Terminating`. */
  lifecycle: string
  health: string
}

export interface GroupView {
  name: string
  min: number
  max: number
  desired: number
  members: { id: string; lifecycle: string; health: string }[]
}

/** Auto Scaling groups: membership, Standby and replacement. */
export interface AutoScalingGroups {
  /** Null for an instance that is in no group (any longer). */
  membershipOf(agent: AgentRef): Promise<Membership | null>
  group(name: string): Promise<GroupView | null>
  /** `keepCapacity` launches a substitute for the time in Standby; without it the desired capacity falls by one. */
  enterStandby(agent: AgentRef, group: string, keepCapacity: boolean): Promise<void>
  exitStandby(agent: AgentRef, group: string): Promise<void>
  /** Terminates the member; the group launches its successor. */
  replace(agent: AgentRef): Promise<void>
}

export const awsAutoScalingGroups = (platform: Platform): AutoScalingGroups => {
  const client = () => autoScalingClient(platform)
  const changes = () => autoScalingChangeClient(platform)
  return {
    async membershipOf({ id }) {
      const { AutoScalingInstances } = await guarded(() =>
        client().send(new DescribeAutoScalingInstancesCommand({ InstanceIds: [id] })),
      )
      const member = AutoScalingInstances?.[0]
      if (!member?.AutoScalingGroupName) return null
      return {
        group: member.AutoScalingGroupName,
        lifecycle: member.LifecycleState ?? '',
        health: member.HealthStatus ?? '',
      }
    },
    async group(name) {
      const { AutoScalingGroups: groups } = await guarded(() =>
        client().send(new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] })),
      )
      const group = groups?.[0]
      if (!group) return null
      return {
        name,
        min: group.MinSize ?? 0,
        max: group.MaxSize ?? 0,
        desired: group.DesiredCapacity ?? 0,
        members: (group.Instances ?? []).map(({ InstanceId, LifecycleState, HealthStatus }) => ({
          id: InstanceId ?? '',
          lifecycle: LifecycleState ?? '',
          health: HealthStatus ?? '',
        })),
      }
    },
    async enterStandby({ id }, group, keepCapacity) {
      await guarded(() =>
        changes().send(
          new EnterStandbyCommand({
            InstanceIds: [id],
            AutoScalingGroupName: group,
            ShouldDecrementDesiredCapacity: !keepCapacity,
          }),
        ),
      )
    },
    async exitStandby({ id }, group) {
      await guarded(() => changes().send(new ExitStandbyCommand({ InstanceIds: [id], AutoScalingGroupName: group })))
    },
    async replace({ id }) {
      await guarded(() =>
        changes().send(
          new TerminateInstanceInAutoScalingGroupCommand({ InstanceId: id, ShouldDecrementDesiredCapacity: false }),
        ),
      )
    },
  }
}
