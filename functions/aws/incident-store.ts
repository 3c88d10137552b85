import { createHash } from 'node:crypto'
import { type Subject, subjectKey } from '../domain/agent.ts'
import type { Incident, TimelineEntry } from '../domain/incident.ts'
import type { Signal } from '../domain/signal.ts'
import { addSeconds, type Clock } from '../domain/time.ts'
import type { Key, Table } from './table.ts'

export interface IncidentRecord {
  id: string
  subject: Subject
  openedAt: string
  closedAt: string | null
  outcome: string | null
  cause: string | null
  execution: string
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
  open(incident: Incident): Promise<void>
  /** Appends a signal that met an open incident. */
  append(incidentId: string, signal: Signal, at: string): Promise<void>
  note(incidentId: string, entry: TimelineEntry): Promise<void>
  timeline(incidentId: string): Promise<TimelineEntry[]>
  close(incidentId: string, outcome: string, cause: string | null, closedAt: string): Promise<void>
  read(incidentId: string): Promise<IncidentRecord | undefined>
  /** Whether this message was sent already, so that a retry tells nobody twice. */
  messageSent(incidentId: string, dedupe: string): Promise<boolean>
  markSent(incidentId: string, dedupe: string, at: string): Promise<void>
  /** Leaves a due mark for a signal that was suppressed, with the reason. */
  markDue(signal: Signal, reason: string, at: string): Promise<void>
  quarantine(subject: Subject, incidentId: string, reason: string, at: string): Promise<void>
  quarantined(subject: Subject): Promise<{ incidentId: string; reason: string; at: string } | undefined>
}

const incidentKey = (id: string, sk: string): Key => ({ pk: `INCIDENT#${id}`, sk })
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
  async open({ id, subject, openedAt, execution, signal }) {
    await table.put(
      {
        ...incidentKey(id, 'META'),
        id,
        subject,
        openedAt,
        execution,
        signal,
        closedAt: null,
        outcome: null,
        cause: null,
        gsi1pk: 'INCIDENT#open',
        gsi1sk: openedAt,
      },
      { expression: 'attribute_not_exists(pk)' },
    )
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
  async close(incidentId, outcome, cause, closedAt) {
    await table.update(incidentKey(incidentId, 'META'), {
      set: 'SET closedAt = :at, outcome = :outcome, cause = :cause, gsi1pk = :status, gsi1sk = :at',
      values: { ':at': closedAt, ':outcome': outcome, ':cause': cause, ':status': 'INCIDENT#closed' },
    })
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
  async markDue(signal, reason, at) {
    await table.put({
      pk: subjectKey(signal.subject),
      sk: `DUE#${signal.eventId}`,
      signal,
      reason,
      at,
      gsi1pk: 'DUE',
      gsi1sk: at,
    })
  },
  async quarantine(subject, incidentId, reason, at) {
    await table.put({
      pk: subjectKey(subject),
      sk: 'QUARANTINE',
      incidentId,
      reason,
      at,
      gsi1pk: 'QUARANTINE',
      gsi1sk: at,
    })
  },
  async quarantined(subject) {
    const item = await table.get({ pk: subjectKey(subject), sk: 'QUARANTINE' })
    return item as { incidentId: string; reason: string; at: string } | undefined
  },
})
