import type { Pool } from '../../functions/domain/fleet.ts'
import { profileOf } from '../../functions/domain/load-fleet.ts'
import { boot, createHost, powerOff, settle } from '../fleet/host.ts'
import { groupNoticesLoss } from './groups.ts'
import type { AccountState, Instance } from './state.ts'

/** Typical times of Linux instances; EC2 publishes none. */
const seconds = { launch: 15, boot: 30, checks: 130, stop: 40, terminate: 30, rebootDown: 5, rebootUp: 40 }

export const makeInstance = (
  state: AccountState,
  id: string,
  pool: Pool,
  groupName: string | null,
  launchedAt: Date,
  up: boolean,
): Instance => {
  const host = createHost(id, pool, profileOf(state.fleet, pool), launchedAt, up)
  const instance: Instance = {
    id,
    host,
    state: up ? 'running' : 'pending',
    stateReason: null,
    transitionReason: '',
    launchedAt,
    checksFrom: up ? launchedAt : new Date(launchedAt.getTime() + (seconds.launch + seconds.checks) * 1000),
    impaired: null,
    profileArn: pool.instanceProfileArn ?? `arn:aws:iam::${state.account}:instance-profile/${pool.name}`,
    associationId: state.newId('iip-assoc-', 17),
    groupName,
  }
  state.instances.set(id, instance)
  state.hosts.set(id, host)
  settle(host, state.timeline)
  return instance
}

/** A new instance of a pool's group: pending, running, booted, and only then its agent works. */
export const launchInstance = (state: AccountState, pool: Pool, groupName: string): Instance => {
  const { timeline } = state
  const instance = makeInstance(state, state.newId('i-', 17), pool, groupName, timeline.now(), false)
  timeline.after(seconds.launch, () => {
    if (instance.state === 'pending') instance.state = 'running'
  })
  timeline.after(seconds.launch + seconds.boot, () => {
    if (instance.state === 'running') boot(instance.host, timeline)
  })
  return instance
}

export const stopInstance = (state: AccountState, instance: Instance): void => {
  if (instance.state !== 'running' && instance.state !== 'pending') return
  const { timeline } = state
  instance.state = 'stopping'
  instance.stateReason = {
    Code: 'Client.UserInitiatedShutdown',
    Message: 'Client.UserInitiatedShutdown: User initiated shutdown',
  }
  instance.transitionReason = `User initiated (${timeline.now().toISOString().slice(0, 19).replace('T', ' ')} GMT)`
  powerOff(instance.host, timeline)
  timeline.after(seconds.stop, () => {
    instance.state = 'stopped'
    groupNoticesLoss(state, instance)
  })
}

/** A start lands on other hardware: what was wrong with the hardware below is over. */
export const startInstance = (state: AccountState, instance: Instance): void => {
  if (instance.state !== 'stopped') return
  const { timeline } = state
  Object.assign(instance, {
    state: 'pending',
    stateReason: null,
    transitionReason: '',
    launchedAt: timeline.now(),
    impaired: null,
  })
  instance.checksFrom = new Date(timeline.now().getTime() + (seconds.launch + seconds.checks) * 1000)
  timeline.after(seconds.launch, () => {
    if (instance.state === 'pending') instance.state = 'running'
  })
  timeline.after(seconds.launch + seconds.boot, () => boot(instance.host, timeline))
}

/** A reboot keeps the hardware: it mends what the operating system had wrong, not what lies below it. */
export const rebootInstance = ({ timeline }: AccountState, instance: Instance): void => {
  if (instance.state !== 'running') return
  timeline.after(seconds.rebootDown, () => powerOff(instance.host, timeline))
  timeline.after(seconds.rebootUp, () => {
    if (instance.state !== 'running') return
    if (instance.impaired === 'instance') instance.impaired = null
    boot(instance.host, timeline)
  })
}

export const terminateInstance = (state: AccountState, instance: Instance): void => {
  if (instance.state === 'terminated' || instance.state === 'shutting-down') return
  instance.state = 'shutting-down'
  instance.stateReason = {
    Code: 'Client.UserInitiatedShutdown',
    Message: 'Client.UserInitiatedShutdown: User initiated shutdown',
  }
  powerOff(instance.host, state.timeline)
  state.timeline.after(seconds.terminate, () => {
    instance.state = 'terminated'
    groupNoticesLoss(state, instance)
  })
}

/** What the status checks say now. */
export const checksOf = (instance: Instance, now: Date): { system: string; instance: string } => {
  if (instance.state !== 'running') return { system: 'not-applicable', instance: 'not-applicable' }
  if (now < instance.checksFrom) return { system: 'initializing', instance: 'initializing' }
  const { impaired } = instance
  // A failure below the instance takes the instance's own check down with it.
  return { system: impaired === 'system' ? 'impaired' : 'ok', instance: impaired ? 'impaired' : 'ok' }
}
