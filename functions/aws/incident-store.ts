import type { Subject } from '../domain/agent.ts'
import type { Incident, TimelineEntry } from '../domain/incident.ts'
import type { Signal } from '../domain/signal.ts'

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
  /** Leaves a due mark for a signal that was suppressed, with the reason. */
  markDue(signal: Signal, reason: string, at: string): Promise<void>
  quarantine(subject: Subject, incidentId: string, reason: string, at: string): Promise<void>
  quarantined(subject: Subject): Promise<{ incidentId: string; reason: string; at: string } | undefined>
}
