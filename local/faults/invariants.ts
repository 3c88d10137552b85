import type { Subject } from '../../functions/domain/agent.ts'
import type { AgentRecord } from '../../functions/domain/agent-record.ts'
import { addSeconds } from '../../functions/domain/time.ts'
import { lingerSeconds } from '../../functions/steps/close-incident.ts'
import type { AccountState } from '../account/state.ts'
import type { Replayed } from '../replay/replay.ts'

type Item = Record<string, unknown>

/** What a run leaves behind, as the invariants read it. */
export interface Left {
  replayed: Pick<Replayed, 'executions' | 'messages' | 'rejected' | 'deadLetters' | 'events'>
  items: readonly Item[]
  state: Pick<AccountState, 'effects' | 'hosts' | 'instances' | 'groups'>
  /** Action ids by kind and target for which an intent was written. */
  intents: ReadonlyMap<string, ReadonlySet<string>>
  at: Date
  /** The fault kept a channel shut for good: that people can't be told, or the table not be written. */
  shut: { messages: boolean; table: boolean; queue: boolean }
}

export interface Violation {
  invariant: string
  detail: string
}
type Invariant = (left: Left) => string[]

const bySk = (items: readonly Item[], sk: string): Item[] => items.filter((item) => item['sk'] === sk)
const text = (value: unknown): string => (typeof value === 'string' ? value : '')

/** No incident stays open, and each that closed was told. */
const closedAndTold: Invariant = ({ items, shut }) =>
  bySk(items, 'META').flatMap((meta) => {
    const status = text(meta['gsi1pk'])
    if (status === 'INCIDENT#storm' || status === 'INCIDENT#closed') return []
    if (shut.table || (shut.messages && status === 'INCIDENT#untold')) return []
    return [`${text(meta['id'])} is left as ${status}`]
  })

/** An execution that opened nothing says why, or its event is kept; one that died with it is closed. */
const nothingLost: Invariant = ({ replayed, items, shut }) =>
  replayed.executions.flatMap(({ executionArn, status, output }) => {
    if (status === 'SUCCEEDED') {
      const { opening } = (output ?? {}) as { opening?: { decision: string } }
      return opening ? [] : [`${executionArn} ended without saying what it opened`]
    }
    const opened = bySk(items, 'META').some((meta) => meta['execution'] === executionArn)
    const kept = replayed.rejected.some((body) => body.includes(executionArn))
    return opened || kept || shut.table || shut.queue
      ? []
      : [`${executionArn} ended as ${status}, and nobody hears of it`]
  })

/** No lease is held beyond its incident's end, save until its term is over. */
const leasesFreed: Invariant = ({ items, at }) =>
  bySk(items, 'LEASE').flatMap((lease) => {
    // The closing keeps an agent locked until a function in flight is surely over, and lets its lease run out.
    const lingers = text(lease['owner']).endsWith('#closing') ? lingerSeconds : 0
    const held = lease['owner'] !== 'released' && text(lease['expiresAt']) > addSeconds(at, lingers).toISOString()
    const meta = bySk(items, 'META').find(({ id }) => id === lease['incidentId'])
    const over = meta === undefined || text(meta['closedAt']) !== ''
    return held && over
      ? [`the lease of ${text(lease['pk'])} is held by ${text(lease['owner'])} beyond its incident`]
      : []
  })

const slotsFreed: Invariant = ({ items, at, shut }) =>
  bySk(items, 'LEDGER').flatMap((ledger) =>
    Object.entries(ledger['running'] as Record<string, string>).flatMap(([slot, until]) => {
      const incident = slot.replace(/-\d+$/, '')
      const meta = bySk(items, 'META').find(({ id }) => id === incident)
      const held = until > at.toISOString() && text(meta?.['closedAt']) !== ''
      return held && !shut.table ? [`slot ${slot} of ${text(ledger['pk'])} is held beyond its incident`] : []
    }),
  )

/** What was done is at most what was intended: each intent changes the world once. */
const nothingTwice: Invariant = ({ state, intents }) => {
  const counts = new Map<string, number>()
  for (const { kind, target } of state.effects) {
    // Giving back is free: the closing and the sweep do it without an intent, and a second one finds nothing to give.
    if (kind === 'exit-standby' || kind === 'replace-task') continue
    const key = `${kind} ${target}`
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  return [...counts].flatMap(([key, count]) => {
    const [kind = '', target = ''] = key.split(' ')
    // Quarantine enters Standby as well.
    const intended =
      (intents.get(key)?.size ?? 0) + (kind === 'enter-standby' ? (intents.get(`quarantine ${target}`)?.size ?? 0) : 0)
    return count > intended ? [`${key}: done ${count} times, intended ${intended} times`] : []
  })
}

/** No change of ours took a pool below its floor; an agent that did not work is not missed by it. */
const floorKept: Invariant = ({ state }) =>
  state.effects.flatMap(({ kind, target, left }) => {
    // Taking an agent into Standby that does not work takes nothing away; whatever ends its jobs is asked for the floor.
    const takes = kind !== 'enter-standby' || left?.targetWorked
    if (!left || !takes || left.working >= left.floor) return []
    return [`${kind} of ${target} left ${left.working} working agents, and the floor is ${left.floor}`]
  })

/** Nobody is left in Standby, save in quarantine. */
const standbyLeft: Invariant = ({ state, items, shut }) =>
  [...state.groups.values()].flatMap(({ members }) =>
    [...members].flatMap(([id, { lifecycle }]) => {
      if (!/Standby/.test(lifecycle) || shut.table) return []
      const quarantined = bySk(items, 'QUARANTINE').some(({ pk }) => text(pk).endsWith(`#${id}`))
      return quarantined ? [] : [`${id} is left in ${lifecycle}`]
    }),
  )

const isAbout = (subject: Subject | undefined, id: string): boolean =>
  subject?.kind === 'agent' && subject.agent.id === id

/** Every agent works, or people were told of it, or it waits for its turn with a mark. */
const mendedOrTold: Invariant = ({ state, items, replayed, shut, at }) =>
  [...state.hosts.values()].flatMap((host) => {
    const instance = state.instances.get(host.id)
    const gone = instance && !['running', 'pending', 'stopped', 'stopping'].includes(instance.state)
    const young = instance && at.getTime() - instance.launchedAt.getTime() < 20 * 60_000
    if (gone || young || host.working.was(at) || shut.messages || shut.table) return []
    const told = replayed.messages.some(
      ({ topic, subject, body, attributes }) =>
        topic !== 'approvals' &&
        attributes['outcome'] !== 'recovered' &&
        // A storm is told of the pool, whose agents it does not list all.
        (`${subject} ${body}`.includes(host.id) ||
          (attributes['kind'] === 'storm' && attributes['pool'] === host.pool.name)),
    )
    const due = items.some(
      ({ sk, signal }) => text(sk).startsWith('DUE#') && isAbout((signal as { subject: Subject }).subject, host.id),
    )
    const remembered = items.some(({ pk, sk, closures }) => {
      if (sk !== 'RECORD' || !text(pk).endsWith(`#${host.id}`)) return false
      return ((closures ?? []) as AgentRecord['closures']).some(({ outcome }) => outcome === 'escalated')
    })
    const kept = replayed.rejected.some((body) => body.includes(host.id))
    return told || due || remembered || kept ? [] : [`${host.id} does not work, and nobody was told`]
  })

export const invariants: Record<string, Invariant> = {
  'closed and told': closedAndTold,
  'nothing lost': nothingLost,
  'leases freed': leasesFreed,
  'slots freed': slotsFreed,
  'nothing twice': nothingTwice,
  'floor kept': floorKept,
  'Standby left': standbyLeft,
  'mended or told': mendedOrTold,
}

export const violationsOf = (left: Left): Violation[] =>
  Object.entries(invariants).flatMap(([invariant, check]) => check(left).map((detail) => ({ invariant, detail })))
