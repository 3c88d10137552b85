import type { AgentRef } from '../domain/agent.ts'

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
  group(name: string, region: string): Promise<GroupView | null>
  /** `keepCapacity` launches a substitute for the time in Standby; without it the desired capacity falls by one. */
  enterStandby(agent: AgentRef, group: string, keepCapacity: boolean): Promise<void>
  exitStandby(agent: AgentRef, group: string): Promise<void>
  /** Terminates the member; the group launches its successor. */
  replace(agent: AgentRef): Promise<void>
}
