import type { Model, Step } from './explore.ts'

/**
 * The lock, as small as it can be and still fail. Two executions, A and B, want one change each, on one agent or on two of
 * one pool that allows one change at once. Each call to AWS is one step, and steps interleave freely:
 *
 *   open          leases.acquire           (steps/open-incident.ts; aws/lease-store.ts)
 *   extend        leases.extend            (steps/start-action.ts, first line)
 *   look, reserve ledger.reserve           (aws/pool-ledger.ts: a read, then a write on the version that was read)
 *   intend        leases.intend            (aws/lease-store.ts: owner, fence, term left, no intent yet)
 *   change        definition.start         (the call to AWS itself)
 *   settle        leases.settle
 *   free          ledger.free              (steps/check-action.ts)
 *   release       leases.release           (steps/release-incident.ts)
 *
 * A function may die before or after each call, and Step Functions invokes it once more; a second death fails the execution.
 * A person may stop an execution at any moment; its function in flight lives on until its timeout. The closing
 * (steps/close-incident.ts) takes the lease over, frees the slot and leaves the lease to run out; the sweep frees slots of
 * closed incidents. Time passes in ticks: a function lives at most one tick, a lease lasts two, the run four. Within these
 * bounds, and with so many misfortunes as the rules say, every interleaving is visited; beyond them nothing is said.
 */
export interface Rules {
  sameAgent: boolean
  /** Extension and intent are conditional on owner and fence. */
  fenced: boolean
  /** A repeat that finds an intent without a result looks for the effect before it changes anything. */
  looksForEffect: boolean
  /** The ledger is written on the version that was read. */
  versioned: boolean
  /** A lease is extended for longer than a function may live, and the intent asks for so much of it to be left. */
  termOutlivesFunction: boolean
  /** The closing keeps the agent locked until a function in flight is surely over. */
  lingers: boolean
  sweeps: boolean
  /** Deaths and stops, of both together. */
  misfortunes: number
}
export const asBuilt: Rules = {
  sameAgent: true,
  fenced: true,
  looksForEffect: true,
  versioned: true,
  termOutlivesFunction: true,
  lingers: true,
  sweeps: true,
  misfortunes: 2,
}

type Name = 'A' | 'B'
type Phase = 'open' | 'extend' | 'look' | 'reserve' | 'intend' | 'change' | 'settle' | 'free' | 'release' | 'done'
interface Execution {
  at: Phase
  status: 'running' | 'stopped' | 'ended'
  /** Ticks that the function in flight has lived; null between two invocations. */
  age: number | null
  deaths: number
  /** The ledger was written since it was read. */
  stale: boolean
  /** Where its closing has come to; null before. */
  closing: 'freeing' | 'leaving' | 'closed' | null
}
interface Lease {
  /** Each takes a lease once, so that its name does here what owner and fence do together. */
  owner: Name | 'closing A' | 'closing B' | null
  /** Ticks of its term that are left. */
  left: number
  /** Executions whose intent is written, and whether its result is. */
  intents: Partial<Record<Name, 'intended' | 'settled'>>
}
export interface State {
  /** Ticks to the end of the run. */
  ticks: number
  misfortunes: number
  executions: Record<Name, Execution>
  leases: Record<string, Lease>
  slots: Name[]
  /** How often each one's change was made. */
  changes: Record<Name, number>
  wrong: string | null
}

const end = 4
const life = 1
const termOf = ({ termOutlivesFunction }: Rules): number => (termOutlivesFunction ? life + 1 : life)
const names: Name[] = ['A', 'B']
const afterStart: Phase[] = ['free', 'release']

const agentOf = (name: Name, { sameAgent }: Rules): string => (sameAgent ? 'one' : name)
const copy = (state: State): State => JSON.parse(JSON.stringify(state)) as State

export const lockModel = (rules: Rules): Model<State> => ({
  initial: {
    ticks: end,
    misfortunes: 0,
    executions: { A: fresh(), B: fresh() },
    leases: Object.fromEntries([...new Set(names.map((name) => agentOf(name, rules)))].map((agent) => [agent, free()])),
    slots: [],
    changes: { A: 0, B: 0 },
    wrong: null,
  },
  steps: (state) => (state.wrong ? [] : [...names.flatMap((name) => stepsOf(name, state, rules)), ...passing(state)]),
  wrong: (state) => state.wrong ?? wrongWith(state, rules),
})

const fresh = (): Execution => ({
  at: 'open',
  status: 'running',
  age: null,
  deaths: 0,
  stale: false,
  closing: null,
})
const free = (): Lease => ({ owner: null, left: 0, intents: {} })

/** Time stands while a function has come to its timeout: that ends it first. */
const passing = (state: State): Step<State>[] => {
  const due = names.some((name) => (state.executions[name].age ?? 0) >= life)
  if (state.ticks === 0 || due) return []
  const next = copy(state)
  next.ticks -= 1
  for (const name of names) {
    const me = next.executions[name]
    if (me.age !== null) me.age += 1
  }
  for (const lease of Object.values(next.leases)) lease.left = Math.max(0, lease.left - 1)
  return [{ label: 'a tick passes', to: next }]
}

const stepsOf = (name: Name, state: State, rules: Rules): Step<State>[] => {
  const me = state.executions[name]
  const steps: Step<State>[] = []
  const step = (label: string, change: (next: State, me: Execution, lease: Lease) => void) => {
    const next = copy(state)
    change(next, next.executions[name], next.leases[agentOf(name, rules)] as Lease)
    steps.push({ label: `${name}: ${label}`, to: next })
  }
  const inFlight = me.age !== null
  const begins = me.status === 'running' && me.age === null && me.at !== 'done'
  if (begins || inFlight) {
    const zombie = me.status === 'stopped' ? ' (its execution is stopped)' : ''
    const invoke = (mine: Execution) => {
      mine.age ??= 0
    }
    step(`${me.at}${zombie}`, (next, mine, lease) => {
      invoke(mine)
      call(name, next, mine, lease, rules)
    })
    if (state.misfortunes < rules.misfortunes)
      step(`${me.at}, and the function dies after it${zombie}`, (next, mine, lease) => {
        next.misfortunes += 1
        invoke(mine)
        const { at } = mine
        call(name, next, mine, lease, rules)
        mine.at = at
        die(mine)
      })
    // That it dies before its first call is a misfortune of its own; before a later one, it died after the one before.
    if (!inFlight && state.misfortunes < rules.misfortunes)
      step(`the function dies before ${me.at}`, (next, mine) => {
        next.misfortunes += 1
        die(mine)
      })
    // A function that has come to its timeout ends there, whatever it was at.
    if ((me.age ?? 0) >= life) step(`the function times out at ${me.at}${zombie}`, (_next, mine) => die(mine))
  }
  if (me.status === 'running' && me.at !== 'done' && state.misfortunes < rules.misfortunes)
    step('a person stops the execution', (next, mine) => {
      next.misfortunes += 1
      mine.status = 'stopped'
    })
  if (me.status === 'stopped' && me.closing !== 'closed')
    step('closing', (next, mine, lease) => close(name, next, mine, lease, rules))
  if (rules.sweeps && isOver(me) && state.slots.includes(name))
    step('the sweep frees its slot', (next) => dropSlot(name, next))
  return steps
}

const isOver = ({ status, closing }: Execution): boolean => status === 'ended' || closing === 'closed'

/** Step Functions invokes StartAction again from its beginning, the other functions as they are. */
const die = (me: Execution): void => {
  me.age = null
  if (me.status !== 'running') return
  me.deaths += 1
  if (me.deaths > 1) me.status = 'stopped'
  else if (me.at !== 'open' && !afterStart.includes(me.at)) me.at = 'extend'
}

const writeLedger = (state: State, slots: Name[]): void => {
  if (slots.join() === state.slots.join()) return
  state.slots = slots
  for (const name of names) if (state.executions[name].at === 'reserve') state.executions[name].stale = true
}
const dropSlot = (name: Name, state: State): void =>
  writeLedger(
    state,
    state.slots.filter((each) => each !== name),
  )

/** The execution gives up: another one owns its agent, or the pool has no slot. Its own catch reports and releases. */
const giveUp = (me: Execution): void => {
  Object.assign(me, { at: 'free', age: null })
}

const call = (name: Name, state: State, me: Execution, lease: Lease, rules: Rules) => {
  const owns = lease.owner === name
  const next = (at: Phase) => {
    me.at = at
  }
  const endInvocation = (at: Phase) => Object.assign(me, { at, age: null })
  switch (me.at) {
    case 'open': {
      if (lease.owner !== null && lease.owner !== name && lease.left > 0)
        return void Object.assign(me, { at: 'done', status: 'ended', age: null })
      if (lease.owner !== name) Object.assign(lease, { owner: name, intents: {} })
      lease.left = termOf(rules)
      return void endInvocation('extend')
    }
    case 'extend':
      if (!owns && rules.fenced) return giveUp(me)
      if (owns) lease.left = termOf(rules)
      return next('look')
    case 'look':
      me.stale = false
      if (state.slots.some((each) => each !== name)) return giveUp(me)
      return next('reserve')
    case 'reserve': {
      const { stale } = me
      me.stale = false
      // Somebody wrote in between: read again.
      if (rules.versioned && stale) return next('look')
      next('intend')
      if (!state.slots.includes(name)) writeLedger(state, [...state.slots, name])
      return
    }
    case 'intend': {
      const lasts = !rules.termOutlivesFunction || lease.left > life
      if (rules.fenced && !(owns && lasts)) return giveUp(me)
      const standing = lease.intents[name]
      if (standing === 'settled') return void endInvocation('free')
      lease.intents[name] = 'intended'
      // Found without a result: the effect is looked for in the world.
      if (standing === 'intended' && rules.looksForEffect && state.changes[name] > 0) return next('settle')
      return next('change')
    }
    case 'change':
      state.changes[name] += 1
      if (state.changes[name] > 1) state.wrong = `${name}'s change was made twice`
      // Another execution may have changed the agent, or be about to: what we know of it is no longer true.
      if (names.some((other) => other !== name && lease.owner === other))
        state.wrong = `${name} changes an agent that ${lease.owner ?? ''} owns`
      return next('settle')
    case 'settle':
      if (owns) lease.intents[name] = 'settled'
      return void endInvocation('free')
    case 'free':
      dropSlot(name, state)
      return void endInvocation('release')
    case 'release':
      if (owns) Object.assign(lease, { owner: null, intents: {} })
      return void Object.assign(me, { at: 'done', status: me.status === 'stopped' ? 'stopped' : 'ended', age: null })
    case 'done':
      return
  }
}

const close = (name: Name, state: State, me: Execution, lease: Lease, rules: Rules) => {
  const closer = `closing ${name}` as const
  switch (me.closing) {
    case null:
      if (lease.owner === name) Object.assign(lease, { owner: closer, left: termOf(rules) })
      me.closing = 'freeing'
      return
    case 'freeing':
      dropSlot(name, state)
      me.closing = 'leaving'
      return
    case 'leaving':
      if (lease.owner === closer) {
        if (rules.lingers) lease.left = life + 1
        else Object.assign(lease, { owner: null, intents: {} })
      }
      me.closing = 'closed'
      return
    case 'closed':
      return
  }
}

const wrongWith = (state: State, rules: Rules): string | null => {
  if (state.slots.length > 1) return `slots of ${state.slots.join(' and ')} at once, and the pool allows one`
  // At the end of time, with nothing in flight and nothing to close, whatever is still held is held for good.
  const still = names.every((name) => state.executions[name].age === null && isOver(state.executions[name]))
  if (!still) return null
  if (state.slots.length > 0 && !rules.sweeps)
    return `the slot of ${state.slots.join()} is held, and nobody will free it`
  const held = Object.values(state.leases).find(({ owner }) => owner === 'A' || owner === 'B')
  return held ? `the lease of ${held.owner ?? ''} is held beyond its incident` : null
}
