import { asksPerson } from './gate.ts'
import type { Guardrail } from './guardrail.ts'

/** More hops than this are a loop of our own making. */
export const maxCausationDepth = 3

/**
 * The causation depth: how many incidents with changes of ours led to this one, each within the hour before the next, over
 * replacements too. Events of our own calls never come so far (functions/signals/own-action.ts, suppression.ts).
 */
export const ownAction: Guardrail = {
  name: 'own-action',
  judge(change) {
    if (!change.counts || asksPerson(change) || change.depth <= maxCausationDepth) return { verdict: 'allowed' }
    return {
      verdict: 'refused',
      reason: `this is trouble number ${change.depth + 1} in a row within the hour after changes of ours: they may be its cause`,
    }
  },
}
