import type { AccountState } from './state.ts'

/** A change that a call made to the simulated world: a call that AWS takes and that changes nothing is none. */
export interface Effect {
  at: Date
  kind: string
  target: string
  /** Working agents that the pool was left with, and the floor that fleet.json sets; null for what takes nothing out of work. */
  left: { working: number; floor: number; targetWorked: boolean } | null
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '')
const list = (value: unknown): string[] => (Array.isArray(value) ? value.map(text) : [])

const leftWithout = ({ hosts, timeline }: AccountState, target: string): Effect['left'] => {
  const host = hosts.get(target)
  if (!host) return null
  const now = timeline.now()
  const others = [...hosts.values()].filter((each) => each.pool.name === host.pool.name && each.id !== target)
  return {
    working: others.filter((each) => each.working.was(now)).length,
    floor: host.pool.limits.minHealthy,
    targetWorked: host.working.was(now),
  }
}

type Reader = (state: AccountState, input: Record<string, unknown>) => Omit<Effect, 'at'>[]

const ofInstances =
  (kind: string, field: string, disruptive: boolean, applies: (state: AccountState, id: string) => boolean): Reader =>
  (state, input) =>
    (field === 'InstanceIds' ? list(input[field]) : [text(input[field])])
      .filter((id) => applies(state, id))
      .map((target) => ({ kind, target, left: disruptive ? leftWithout(state, target) : null }))

const stateIs =
  (...states: string[]) =>
  ({ instances }: AccountState, id: string): boolean =>
    states.includes(instances.get(id)?.state ?? '')
const always = (): boolean => true

const readers: Record<string, Reader> = {
  'ec2 RebootInstances': ofInstances('reboot', 'InstanceIds', true, stateIs('running')),
  'ec2 StopInstances': ofInstances('stop-instance', 'InstanceIds', true, stateIs('running', 'pending')),
  'ec2 StartInstances': ofInstances('start-instance', 'InstanceIds', false, stateIs('stopped')),
  'ec2 AssociateIamInstanceProfile': ofInstances('attach-profile', 'InstanceId', false, always),
  'auto-scaling EnterStandby': ofInstances('enter-standby', 'InstanceIds', true, always),
  'auto-scaling ExitStandby': ofInstances('exit-standby', 'InstanceIds', false, always),
  'auto-scaling TerminateInstanceInAutoScalingGroup': ofInstances(
    'replace-instance',
    'InstanceId',
    true,
    stateIs('running', 'pending', 'stopping', 'stopped'),
  ),
  'ecs RunTask': ({ tasks }, input) =>
    [...tasks.values()].some(({ clientToken }) => clientToken === input['clientToken'])
      ? []
      : [{ kind: 'replace-task', target: text(input['startedBy']), left: null }],
}

/** What a call would change, read before it is made; it counts once the call has succeeded. */
export const effectsOf = (state: AccountState, service: string, operation: string, input: unknown): Effect[] => {
  const found = readers[`${service} ${operation}`]?.(state, (input ?? {}) as Record<string, unknown>) ?? []
  return found.map((effect) => ({ at: state.timeline.now(), ...effect }))
}
