import type { Fleet } from '../../functions/domain/fleet.ts'
import type { Host } from '../fleet/host.ts'
import type { Timeline } from '../fleet/timeline.ts'
import type { ApiFault, Fault, World } from '../fleet/world.ts'
import type { Effect } from './effects.ts'

/** An EC2 instance as its API shows it; the host inside it is a model of its own. */
export interface Instance {
  id: string
  host: Host
  state: 'pending' | 'running' | 'shutting-down' | 'terminated' | 'stopping' | 'stopped'
  stateReason: { Code: string; Message: string } | null
  transitionReason: string
  launchedAt: Date
  /** Status checks are `initializing` until then. */
  checksFrom: Date
  impaired: 'system' | 'instance' | null
  profileArn: string | null
  associationId: string
  groupName: string | null
}

export interface Group {
  name: string
  min: number
  max: number
  desired: number
  replacesUnhealthy: boolean
  launchesWith: readonly Fault[]
  members: Map<string, { lifecycle: string; health: 'Healthy' | 'Unhealthy' }>
}

export interface Task {
  arn: string
  cluster: string
  family: string
  service: string | null
  startedBy: string | null
  lastStatus: string
  desiredStatus: string
  stopCode: string | null
  stoppedReason: string | null
  stoppedAt: Date | null
  exitCode: number | null
  containerReason: string | null
  clientToken: string | null
}

export interface Command {
  id: string
  document: string
  instanceId: string
  parameters: Record<string, string>
  comment: string
  requestedAt: Date
  status: 'Pending' | 'InProgress' | 'Success' | 'Failed' | 'TimedOut'
  details: string
  stdout: string
  stderr: string
  exitCode: number
  startedAt: Date | null
}

/** All that the simulated account holds. */
export interface AccountState {
  fleet: Fleet
  world: World
  timeline: Timeline
  eventAt: Date
  account: string
  region: string
  instances: Map<string, Instance>
  /** Hosts by id: those of instances and the on-premises nodes. */
  hosts: Map<string, Host>
  groups: Map<string, Group>
  services: Map<string, { cluster: string; name: string; desired: number }>
  tasks: Map<string, Task>
  commands: Map<string, Command>
  /** Every change that a call made, in order. */
  effects: Effect[]
  apiFaults: (ApiFault & { left: number })[]
  newId(prefix: string, length: number): string
}
