import { createHash } from 'node:crypto'
import { type Subject, subjectKey } from '../domain/agent.ts'
import type { Incident, TimelineEntry } from '../domain/incident.ts'
import type { Signal } from '../domain/signal.ts'
import { addSeconds, type Clock } from '../domain/time.ts'
import type { Message, Topic } from './notifier.ts'
import type { Key, Table } from './table.ts'

/** An incident before it owns its lease. */
export type Opening = Omit<Incident, 'fence' | 'mode' | 'depth'>

export interface IncidentRecord extends Opening {
  closedAt: string | null
  outcome: string | null
  cause: string | null
  /** Missing while the incident is being opened: its lease may or may not be held. */
  fence?: number
  mode?: Incident['mode']
  depth?: number
  /** The closing message until somebody was told it. */
  untold?: Untold | null
}

export interface Untold {
  topic: Topic
  message: Message
}

/** An agent of an Auto Scaling group that we took into Standby, until it was seen in service again. */
export interface StandbyMark {
  subject: Subject
  group: string
  incidentId: string
  at: string
}

/** An agent or pool that is left alone until a person lifts it. */
export interface Quarantine {
  subject: Subject
  incidentId: string
  reason: string
  at: string
}

export interface DueMark {
  signal: Signal
  reason: string
  at: string
  /** When the reason ends by itself, as far as that is known. */
  notBefore: string | null
}

/** Incidents and their timelines, event marks, due marks and quarantine flags. Single-item conditional writes only. */
export interface IncidentStore {
  /**
   * Marks an event as taken by this execution. The same execution may claim again; for another one the answer names the
   * incident that the event went to (null while it is not known).
   */
  claimEvent(
    eventId: string,
    execution: string,
    incidentId: string,
  ): Promise<{ status: 'claimed' } | { status: 'taken'; incidentId: string | null }>
  /** Gives an event free again whose execution came to nothing, so that its redrive is no repeat. */
  unclaimEvent(eventId: string, execution: string): Promise<void>
  /** Writes down that an incident is about to be opened. A repeat changes nothing. */
  begin(incident: Opening): Promise<void>
  /** The incident of a pool's storm: no execution owns it, and the sweep takes it further. A repeat changes nothing. */
  openStorm(incident: Opening): Promise<void>
  closeStorm(incidentId: string, closedAt: string): Promise<void>
  /** Takes back what was begun, when its signal went to another incident. */
  withdraw(incidentId: string): Promise<void>
  /** The incident owns its lease now. A repeat changes nothing. */
  open(incident: Incident): Promise<void>
  /** Appends a signal that met an open incident. */
  append(incidentId: string, signal: Signal, at: string): Promise<void>
  note(incidentId: string, entry: TimelineEntry): Promise<void>
  timeline(incidentId: string): Promise<TimelineEntry[]>
  /** Ends the incident; `untold` stays with it until `markTold`, so that the sweep can tell what nobody could be told. */
  close(incidentId: string, outcome: string, cause: string | null, closedAt: string, untold: Untold): Promise<void>
  markTold(incidentId: string): Promise<void>
  /** Incidents that are being opened, open, or closed and not told yet. From an index, so a second or so behind. */
  listed(status: 'opening' | 'open' | 'untold'): Promise<IncidentRecord[]>
  read(incidentId: string): Promise<IncidentRecord | undefined>
  /** Whether this message was sent already, so that a retry tells nobody twice. */
  messageSent(incidentId: string, dedupe: string): Promise<boolean>
  markSent(incidentId: string, dedupe: string, at: string): Promise<void>
  /** Leaves a due mark for a signal that was suppressed: the sweep takes it up. One per subject and kind, the newest. */
  markDue(mark: DueMark): Promise<void>
  /** From an index, so a second or so behind. */
  dueMarks(): Promise<DueMark[]>
  /** Removes the subject's marks: its trouble was taken up, or is over. */
  clearDue(subject: Subject): Promise<void>
  markStandby(mark: StandbyMark): Promise<void>
  clearStandby(subject: Subject): Promise<void>
  /** What is in Standby by our doing. From an index, so a second or so behind. */
  standbys(): Promise<StandbyMark[]>
  quarantine(subject: Subject, incidentId: string, reason: string, at: string): Promise<void>
  /** Lifts the quarantine that this incident wrote; false when it stands no more, or another one does. */
  liftQuarantine(subject: Subject, incidentId: string): Promise<boolean>
  /** Everything in quarantine. From an index, so a second or so behind. */
  quarantines(): Promise<Quarantine[]>
  quarantined(subject: Subject): Promise<{ incidentId: string; reason: string; at: string } | undefined>
}

const incidentKey = (id: string, sk: string): Key => ({ pk: `INCIDENT#${id}`, sk })
const standbyKey = (subject: Subject): Key => ({ pk: subjectKey(subject), sk: 'STANDBY' })
const opening = { expression: 'gsi1pk = :opening', values: { ':opening': 'INCIDENT#opening' } }
/** Kept beyond every retry of EventBridge (24 hours), so that a late repeat still finds it. */
const eventMarkSeconds = 7 * 24 * 3600
const epoch = (clock: Clock, seconds: number): number => Math.floor(addSeconds(clock.now(), seconds).getTime() / 1000)

/** Incidents in the table. Each write stands alone and may be repeated. */
export const dynamoIncidentStore = (table: Table, clock: Clock): IncidentStore => ({
  async claimEvent(eventId, execution, incidentId) {
    const key = { pk: `EVENT#${eventId}`, sk: 'CLAIM' }
    const claimed = await table.put(
      { ...key, execution, incidentId, expiresAtEpoch: epoch(clock, eventMarkSeconds) },
      {
        expression: 'attribute_not_exists(pk) OR execution = :execution',
        values: { ':execution': execution },
      },
    )
    if (claimed) return { status: 'claimed' }
    const standing = await table.get(key)
    return { status: 'taken', incidentId: (standing?.['incidentId'] as string | undefined) ?? null }
  },
  async unclaimEvent(eventId, execution) {
    await table.remove(
      { pk: `EVENT#${eventId}`, sk: 'CLAIM' },
      { expression: 'execution = :execution', values: { ':execution': execution } },
    )
  },
  async begin(incident) {
    await table.put(
      {
        ...incidentKey(incident.id, 'META'),
        ...incident,
        closedAt: null,
        outcome: null,
        cause: null,
        gsi1pk: 'INCIDENT#opening',
        gsi1sk: incident.openedAt,
      },
      { expression: 'attribute_not_exists(pk)' },
    )
  },
  async openStorm(incident) {
    await table.put(
      {
        ...incidentKey(incident.id, 'META'),
        ...incident,
        closedAt: null,
        outcome: null,
        cause: null,
        gsi1pk: 'INCIDENT#storm',
        gsi1sk: incident.openedAt,
      },
      { expression: 'attribute_not_exists(pk)' },
    )
  },
  async closeStorm(incidentId, closedAt) {
    await table.update(incidentKey(incidentId, 'META'), {
      set: 'SET closedAt = :at, outcome = :outcome, gsi1pk = :status, gsi1sk = :at',
      values: { ':at': closedAt, ':outcome': 'recovered', ':status': 'INCIDENT#closed' },
    })
  },
  async withdraw(incidentId) {
    await table.remove(incidentKey(incidentId, 'META'), opening)
  },
  async open({ id, fence, mode, depth }) {
    await table.update(incidentKey(id, 'META'), {
      set: 'SET fence = :fence, #mode = :mode, #depth = :depth, gsi1pk = :status',
      condition: opening.expression,
      names: { '#mode': 'mode', '#depth': 'depth' },
      values: { ...opening.values, ':fence': fence, ':mode': mode, ':depth': depth, ':status': 'INCIDENT#open' },
    })
  },
  async append(incidentId, signal, at) {
    await table.put({ ...incidentKey(incidentId, `SIGNAL#${signal.eventId}`), signal, at })
  },
  async note(incidentId, entry) {
    const digest = createHash('sha256').update(entry.text).digest('hex').slice(0, 12)
    await table.put({ ...incidentKey(incidentId, `TIME#${entry.at}#${digest}`), ...entry })
  },
  async timeline(incidentId) {
    const items = await table.query(`INCIDENT#${incidentId}`, 'TIME#')
    return items.map(({ at, phase, text }) => ({ at, phase, text }) as TimelineEntry)
  },
  async close(incidentId, outcome, cause, closedAt, untold) {
    await table.update(incidentKey(incidentId, 'META'), {
      set: 'SET closedAt = :at, outcome = :outcome, cause = :cause, untold = :untold, gsi1pk = :status, gsi1sk = :at',
      // A repeat after the message was sent must not make it untold again.
      condition: 'attribute_not_exists(gsi1pk) OR gsi1pk <> :closed',
      values: {
        ':at': closedAt,
        ':outcome': outcome,
        ':cause': cause,
        ':untold': untold,
        ':status': 'INCIDENT#untold',
        ':closed': 'INCIDENT#closed',
      },
    })
  },
  async markTold(incidentId) {
    await table.update(incidentKey(incidentId, 'META'), {
      set: 'SET gsi1pk = :status, untold = :none',
      condition: 'gsi1pk = :untold',
      values: { ':status': 'INCIDENT#closed', ':untold': 'INCIDENT#untold', ':none': null },
    })
  },
  async listed(status) {
    return (await table.byStatus(`INCIDENT#${status}`)) as unknown as IncidentRecord[]
  },
  async read(incidentId) {
    return (await table.get(incidentKey(incidentId, 'META'))) as IncidentRecord | undefined
  },
  async messageSent(incidentId, dedupe) {
    return (await table.get(incidentKey(incidentId, `MESSAGE#${dedupe}`))) !== undefined
  },
  async markSent(incidentId, dedupe, at) {
    await table.put({ ...incidentKey(incidentId, `MESSAGE#${dedupe}`), at })
  },
  async markDue(mark) {
    const { signal, at } = mark
    await table.put({
      pk: subjectKey(signal.subject),
      sk: `DUE#${signal.kind}`,
      ...mark,
      gsi1pk: 'DUE',
      gsi1sk: at,
    })
  },
  async dueMarks() {
    return (await table.byStatus('DUE')) as unknown as DueMark[]
  },
  async clearDue(subject) {
    const pk = subjectKey(subject)
    for (const { sk } of await table.query(pk, 'DUE#'))
      await table.remove({ pk, sk: String(sk) }, { expression: 'attribute_exists(pk)' })
  },
  async markStandby(mark) {
    await table.put({ ...standbyKey(mark.subject), ...mark, gsi1pk: 'STANDBY', gsi1sk: mark.at })
  },
  async clearStandby(subject) {
    await table.remove(standbyKey(subject), { expression: 'attribute_exists(pk)' })
  },
  async standbys() {
    return (await table.byStatus('STANDBY')) as unknown as StandbyMark[]
  },
  async quarantine(subject, incidentId, reason, at) {
    await table.put({
      pk: subjectKey(subject),
      sk: 'QUARANTINE',
      subject,
      incidentId,
      reason,
      at,
      gsi1pk: 'QUARANTINE',
      gsi1sk: at,
    })
  },
  liftQuarantine: (subject, incidentId) =>
    table.remove(
      { pk: subjectKey(subject), sk: 'QUARANTINE' },
      { expression: 'incidentId = :incident', values: { ':incident': incidentId } },
    ),
  async quarantines() {
    return (await table.byStatus('QUARANTINE')) as unknown as Quarantine[]
  },
  async quarantined(subject) {
    const item = await table.get({ pk: subjectKey(subject), sk: 'QUARANTINE' })
    return item as { incidentId: string; reason: string; at: string } | undefined
  },
})
