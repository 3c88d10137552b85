import * as z from 'zod/mini'
import { actionResult } from './action.ts'
import { subject } from './agent.ts'
import { diagnosedCause } from './cause.ts'
import { scope } from './diagnosis.ts'
import { fact } from './finding.ts'
import { attempt } from './incident.ts'
import { outcome } from './outcome.ts'
import { skippedRung } from './plan.ts'
import { verificationCheck } from './verification.ts'
import { decision } from './workflow.ts'

/** What the on-call reads, and what the morning looks up. */
export const report = z.object({
  incidentId: z.string(),
  subject,
  pool: z.string(),
  environment: z.enum(['staging', 'production']),
  outcome,
  openedAt: z.string(),
  closedAt: z.string(),
  /** What was reported, in the signal's words. */
  reported: z.string(),
  cause: diagnosedCause,
  confidence: z.number(),
  scope,
  explanation: z.string(),
  facts: z.array(fact),
  attempts: z.array(attempt),
  actions: z.array(actionResult),
  skipped: z.array(skippedRung),
  decision: z.nullable(decision),
  verification: z.array(verificationCheck),
  /** Why it ended as it did, where a guardrail, a person or a failure decided. */
  reason: z.nullable(z.string()),
  asked: z.nullable(z.string()),
  /** What was begun and not brought to its end, and how to undo it. */
  halfDone: z.array(z.string()),
  timeline: z.array(z.object({ at: z.string(), phase: z.string(), text: z.string() })),
  timing: z.record(z.string(), z.number()),
  cost: z.object({ usd: z.number(), stateTransitions: z.int(), note: z.string() }),
  links: z.record(z.string(), z.string()),
})
export type Report = z.infer<typeof report>
