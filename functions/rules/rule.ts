import type { Cause } from '../domain/cause.ts'
import type { Evidence } from '../domain/evidence.ts'
import type { Fact, Finding } from '../domain/finding.ts'
import type { AgentProfile, Pool } from '../domain/fleet.ts'
import type { Signal } from '../domain/signal.ts'

/** What a rule may look at besides the evidence: what was reported and what the pool calls normal. */
export interface RuleContext {
  signal: Signal
  pool: Pool
  profile: AgentProfile
}

/** One root cause: a pure function of the evidence. Missing data ends in `insufficient-evidence`, never in "well". */
export interface Rule {
  cause: Cause
  /** Causes that this one brings about: when both match, they are its symptoms. */
  explains: readonly Cause[]
  judge(evidence: Evidence, context: RuleContext): Finding
}

export const matched = (cause: Cause, confidence: number, facts: Fact[]): Finding => ({
  outcome: 'matched',
  cause,
  confidence,
  facts,
})
export const notMatched = (cause: Cause, reason: string): Finding => ({ outcome: 'not-matched', cause, reason })
export const insufficient = (cause: Cause, missing: string[], reason: string): Finding => ({
  outcome: 'insufficient-evidence',
  cause,
  missing,
  reason,
})
