import { createHash } from 'node:crypto'
import * as z from 'zod/mini'
import { actionResult } from './action.ts'
import { subject } from './agent.ts'
import { diagnosedCause } from './cause.ts'
import { signal } from './signal.ts'

/** One episode of trouble of one agent or one pool, as the workflow carries it. */
export const incident = z.object({
  /** `inc-` and the date and a short random part: short enough to say over the phone. */
  id: z.string(),
  subject,
  signal,
  openedAt: z.string(),
  /** ARN of the execution that owns the incident and its lease. */
  execution: z.string(),
  /** Grows with each takeover of the lease; an action with an older fence is refused. */
  fence: z.int(),
  mode: z.enum(['act', 'observe']),
  /** How many incidents with changes of ours led to this one, each within the hour before the next. */
  depth: z._default(z.int(), 0),
})
export type Incident = z.infer<typeof incident>

/**
 * The same execution always names the same incident: a repeated OpenIncident opens no second one, and whoever closes an
 * execution that died finds what it had opened.
 */
export const incidentIdOf = (execution: string, startedAt: Date): string =>
  `inc-${startedAt.toISOString().slice(0, 10).replaceAll('-', '')}-${createHash('sha256').update(execution).digest('hex').slice(0, 8)}`

/** What an earlier attempt tried, in brief. */
export const attempt = z.object({
  number: z.int(),
  cause: diagnosedCause,
  confidence: z.number(),
  rung: z.string(),
  outcome: z.enum(['not-recovered', 'action-failed', 'voided', 'blocked', 'observed-only']),
  detail: z.string(),
  actions: z.array(actionResult),
  endedAt: z.string(),
})
export type Attempt = z.infer<typeof attempt>

/** One line of the incident's timeline. */
export interface TimelineEntry {
  at: string
  phase: Phase
  text: string
}

/** The phases that the report times. */
export const phase = z.enum(['open', 'collect', 'diagnose', 'plan', 'gate', 'act', 'verify', 'report'])
export type Phase = z.infer<typeof phase>
