import type { AgentRecords } from '../functions/aws/agent-records.ts'
import type { ChangeCalendars } from '../functions/aws/change-calendars.ts'
import type { IncidentStore } from '../functions/aws/incident-store.ts'
import type { LeaseStore } from '../functions/aws/lease-store.ts'
import type { PoolLedger } from '../functions/aws/pool-ledger.ts'
import type { Storms } from '../functions/aws/storms.ts'
import type { ActionKind, Handle } from '../functions/domain/action.ts'
import type { Subject } from '../functions/domain/agent.ts'
import { type AgentRecord, overBudget, type Replacement } from '../functions/domain/agent-record.ts'
import { LeaseLostError } from '../functions/domain/errors.ts'

/** Notes, messages and quarantines, kept in memory; what a test does not expect throws. */
export const fakeIncidents = () => {
  const notes: string[] = []
  const due: string[] = []
  const sent = new Set<string>()
  let quarantined: { incidentId: string; reason: string; at: string } | undefined
  let standby: Subject | undefined
  let closed: { outcome: string; cause: string | null } | undefined
  const unexpected = async (): Promise<never> => {
    throw new Error('this test does not expect that call')
  }
  const store: IncidentStore = {
    claimEvent: async () => ({ status: 'claimed' }),
    unclaimEvent: unexpected,
    begin: async () => {},
    openStorm: unexpected,
    closeStorm: unexpected,
    withdraw: async () => {},
    open: async () => {},
    append: unexpected,
    note: async (_id, { text }) => {
      notes.push(text)
    },
    timeline: async () => [],
    close: async (_id, outcome, cause) => {
      closed = { outcome, cause }
    },
    markTold: async () => {},
    listed: unexpected,
    read: unexpected,
    markStandby: async ({ subject }) => {
      standby = subject
    },
    clearStandby: async () => {
      standby = undefined
    },
    standbys: async () => (standby ? [{ subject: standby, group: 'linux-builders', incidentId: 'inc', at: '' }] : []),
    messageSent: async (_id, dedupe) => sent.has(dedupe),
    markSent: async (_id, dedupe) => {
      sent.add(dedupe)
    },
    markDue: async ({ reason }) => {
      due.push(reason)
    },
    dueMarks: unexpected,
    clearDue: async () => {},
    quarantine: async (_subject, incidentId, reason, at) => {
      quarantined = { incidentId, reason, at }
    },
    liftQuarantine: unexpected,
    quarantines: async () => [],
    quarantined: async () => quarantined,
  }
  return { store, notes, due, sent, closed: () => closed }
}

/** What is remembered of one agent and its pool, in memory; the same id is counted once. */
export const fakeRecords = (of: Partial<AgentRecord> = {}) => {
  const record: AgentRecord = { changes: [], closures: [], inheritedDepth: 0, ...of }
  const replacements: Replacement[] = []
  const store: AgentRecords = {
    read: async () => record,
    async spend(_subject, change, limit) {
      if (record.changes.some(({ id }) => id === change.id)) return { status: 'spent' }
      if (record.changes.length >= limit) return { status: 'refused', reason: overBudget(record, limit) }
      record.changes.push({ ...change, at: '2026-01-15T02:03:20.000Z' })
      return { status: 'spent' }
    },
    closed: async (_subject, closure) => {
      record.closures.push(closure)
    },
    inherit: async () => {},
    replaced: async (_pool, replacement) => {
      replacements.push(replacement)
    },
    failedReplacements: async () => replacements.filter(({ works }) => !works),
  }
  return { store, record, replacements }
}

/** Calendars that close nothing. */
export const openCalendars: ChangeCalendars = { state: async () => ({ open: true, until: null }) }

/** A pool without a storm. */
export const noStorms: Storms = {
  read: async () => null,
  arrive: async () => ({ storm: null, began: false }),
  ended: async () => undefined,
  change: async () => undefined,
}

/** A lease that `owner` holds with `fence`, with the store's own conditions. */
export const fakeLeases = (owner: string, fence = 1) => {
  const intents = new Map<string, { kind: ActionKind; intendedAt: string; handle: Handle | null }>()
  let holder = { owner, fence }
  let released = false
  const check = (by: string, with_: number) => {
    if (by !== holder.owner || with_ !== holder.fence) throw new LeaseLostError('held by another')
  }
  const store: LeaseStore = {
    acquire: async () => ({ status: 'acquired', lease: { ...holder, incidentId: 'inc', expiresAt: '' } }),
    extend: async (_subject, by, with_) => check(by, with_),
    async intend(_subject, by, with_, { id: actionId, kind }) {
      check(by, with_)
      const known = intents.get(actionId)
      if (known) return { status: 'known', intent: { actionId, ...known } }
      const intent = { kind, intendedAt: '2026-01-15T02:03:20.000Z', handle: null }
      intents.set(actionId, intent)
      return { status: 'new', intent: { actionId, ...intent } }
    },
    async settle(_subject, by, with_, actionId, handle) {
      check(by, with_)
      const known = intents.get(actionId)
      if (known) intents.set(actionId, { ...known, handle })
    },
    read: async () => ({ ...holder, incidentId: 'inc', expiresAt: '' }),
    takeOver: async () => undefined,
    release: async () => {
      released = true
    },
  }
  return {
    store,
    intents,
    released: () => released,
    takeOver: () => {
      holder = { owner: 'another', fence: holder.fence + 1 }
    },
  }
}

/** A ledger that counts. */
export const fakeLedger = () => {
  const running = new Set<string>()
  const store: PoolLedger = {
    read: async () => ({ running: running.size, lastHour: running.size }),
    async reserve(_agent, id, { maxConcurrent }) {
      if (running.size >= maxConcurrent && !running.has(id)) return { status: 'refused', reason: 'no slot is free' }
      running.add(id)
      return { status: 'reserved' }
    },
    holds: async (_agent, id) => running.has(id),
    free: async (_agent, id) => {
      running.delete(id)
    },
    incidents: async () => [],
    freeIncident: async (_agent, id) => {
      for (const slot of running) if (slot.startsWith(`${id}-`)) running.delete(slot)
    },
  }
  return { store, running }
}
