import type { AgentRef } from '../domain/agent.ts'
import type { Ec2Platform } from '../domain/evidence.ts'

export type InstanceView = Pick<
  Ec2Platform,
  | 'state'
  | 'stateReasonCode'
  | 'stateTransitionReason'
  | 'launchedAt'
  | 'instanceType'
  | 'rootDevice'
  | 'systemStatus'
  | 'instanceStatus'
>

/** EC2 instances by id: what they are and the changes that the medic makes to them. */
export interface Instances {
  describe(agent: AgentRef): Promise<InstanceView>
  /** ARN of the associated profile, null when there is none (associations that go away count as none). */
  profileOf(agent: AgentRef): Promise<string | null>
  attachProfile(agent: AgentRef, profileArn: string): Promise<void>
  reboot(agent: AgentRef): Promise<void>
  stop(agent: AgentRef): Promise<void>
  start(agent: AgentRef): Promise<void>
  /** Latest console output as lines, oldest first; empty when the instance has none yet. */
  consoleOutput(agent: AgentRef): Promise<{ lines: string[]; capturedAt: string | null }>
}
