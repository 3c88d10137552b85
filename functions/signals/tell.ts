import { type Subject, subjectKey } from '../domain/agent.ts'
import type { Reading, Signal, SignalKind } from '../domain/signal.ts'
import type { Envelope } from './reader.ts'
import { cleanText } from './text.ts'

export interface Telling {
  kind: SignalKind
  /** Whom it concerns; the first gets the incident, the others a due mark that the sweep takes up. */
  subjects: readonly (Subject | null)[]
  summary: string
  details?: Record<string, unknown>
  /** Said when it concerns nobody here. */
  unknown: string
}

/** The reading of a well-formed event: a signal for each subject once, or `unknown-agent` when fleet.json knows none. */
export const tell = (event: Envelope, { kind, subjects, summary, details = {}, unknown }: Telling): Reading => {
  const found = new Map(subjects.flatMap((each) => (each ? [[subjectKey(each), each]] : [])))
  const [signal, ...also] = [...found.values()].map(
    (subject): Signal => ({
      eventId: event.id,
      kind,
      subject,
      at: event.time,
      source: event.source,
      summary: cleanText(summary, 500),
      details: Object.fromEntries(Object.entries(details).map(([name, value]) => [name, cleanText(value ?? '')])),
    }),
  )
  if (!signal) return { outcome: 'unknown-agent', reason: cleanText(unknown) }
  return { outcome: 'signal', signal, ...(also.length > 0 ? { also } : {}) }
}

export const ignored = (reason: string): Reading => ({ outcome: 'ignored', reason: cleanText(reason) })

export const rejected = (what: string, problems: readonly string[]): Reading => ({
  outcome: 'rejected',
  reason: cleanText(`${what}: ${problems.join('; ')}`),
})
