import * as z from 'zod/mini'
import { cause, diagnosedCause } from './cause.ts'
import { collectorName } from './evidence.ts'
import { fact, finding } from './finding.ts'

export const scope = z.enum(['agent', 'host-group', 'pool', 'fleet'])

/** The findings ranked: a root cause, its symptoms and its scope, or `unknown`. */
export const diagnosis = z.object({
  cause: diagnosedCause,
  confidence: z.number(),
  scope,
  /** One or two sentences: why we believe so. */
  explanation: z.string(),
  facts: z.array(fact),
  /** Causes that matched as well and that the root cause explains. */
  symptoms: z.array(cause),
  findings: z.array(finding),
  /** Evidence that would settle an open rule and has not been asked for yet. */
  needs: z.array(collectorName),
  /** How often Diagnose ran on this attempt; it may ask for more at most twice. */
  round: z.int(),
})
export type Diagnosis = z.infer<typeof diagnosis>
