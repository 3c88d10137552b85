import { blastRadius } from './blast-radius.ts'
import { crashLoopBudget } from './crash-loop-budget.ts'
import { failedReplacements } from './failed-replacements.ts'
import { gate } from './gate.ts'
import type { Circumstances, Guardrail, ProposedChange, Verdict } from './guardrail.ts'
import { maintenanceWindow } from './maintenance-window.ts'
import { mode } from './mode.ts'
import { ownAction } from './own-action.ts'
import { protectedAgent } from './protected-agent.ts'
import { storm } from './storm.ts'

/**
 * The guardrails in the order of design.md, "Safety". Lease and fence are no entry here: the lease store refuses the intent
 * of whoever does not hold them. Cooldown is asked when an incident opens (steps/suppression.ts), not at each change.
 */
export const guardrails: readonly Guardrail[] = [
  mode,
  protectedAgent,
  maintenanceWindow,
  ownAction,
  crashLoopBudget,
  failedReplacements,
  blastRadius,
  storm,
  gate,
]

export type Judgement = Verdict & { guardrail: string | null }

/** The first refusal wins; else the first approval that is asked for; else the change is allowed. */
export const judgeChange = (
  change: ProposedChange,
  circumstances: Circumstances,
  asked: readonly Guardrail[] = guardrails,
): Judgement => {
  const verdicts = asked.map((guardrail) => ({ ...guardrail.judge(change, circumstances), guardrail: guardrail.name }))
  return (
    verdicts.find(({ verdict }) => verdict === 'refused') ??
    verdicts.find(({ verdict }) => verdict === 'approval') ?? { verdict: 'allowed', guardrail: null }
  )
}

/** What is asked once more at the change itself; the gate has been passed by then. */
export const atTheChange: readonly Guardrail[] = guardrails.filter((guardrail) => guardrail !== gate)

/** What passes a rung over before the ladder stops at it: another rung may still be asked for, or end the ladder. */
export const onTheLadder: readonly Guardrail[] = [ownAction, crashLoopBudget, failedReplacements]
