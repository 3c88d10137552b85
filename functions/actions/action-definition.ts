import type { AutoScalingGroups } from '../aws/auto-scaling-groups.ts'
import type { CommandRunner } from '../aws/command-runner.ts'
import type { IncidentStore } from '../aws/incident-store.ts'
import type { Instances } from '../aws/instances.ts'
import type { ManagedNodes } from '../aws/managed-nodes.ts'
import type { Tasks } from '../aws/tasks.ts'
import type { Action, ActionKind, Handle } from '../domain/action.ts'
import type { Channel } from '../domain/channel.ts'
import type { AgentProfile, Pool } from '../domain/fleet.ts'
import type { Clock } from '../domain/time.ts'

export interface ActionServices {
  commands: CommandRunner
  instances: Instances
  groups: AutoScalingGroups
  tasks: Tasks
  nodes: ManagedNodes
  incidents: IncidentStore
  clock: Clock
}

export interface ActionContext {
  pool: Pool
  profile: AgentProfile
  incidentId: string
  cause: string
  /** When the intent was written; a look-up for an earlier start looks back to here. */
  intendedAt: string
}

export type Progress =
  | { status: 'pending'; waitSeconds: number; detail: string }
  | { status: 'succeeded'; detail: string }
  | { status: 'failed'; detail: string }

/**
 * One change to the world. `start` makes it once; `find` looks for the effect of a start whose answer was lost; `check`
 * reads the effect, not the command's status.
 */
export interface ActionDefinition {
  kind: ActionKind
  channel: Channel
  /** True when it may end a running job or the agent itself. */
  destructive: boolean
  /** Takes the agent out of work for a while, so that the pool's floor counts it as unhealthy. */
  disruptive: boolean
  undo: string
  /** Seconds after which a check that is still pending counts as failed. */
  deadlineSeconds: number
  start(action: Action, services: ActionServices, context: ActionContext): Promise<Handle>
  /** The handle of a change that is there; `not-started` only when the world proves that it isn't; else `unknown`. */
  find(action: Action, services: ActionServices, context: ActionContext): Promise<Handle | 'not-started' | 'unknown'>
  check(action: Action, handle: Handle, services: ActionServices, context: ActionContext): Promise<Progress>
}
