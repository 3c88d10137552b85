import { overBudget } from '../domain/agent-record.ts'
import { asksPerson } from './gate.ts'
import type { Guardrail } from './guardrail.ts'

/**
 * At most so many changes an hour of one agent, those of its predecessor among them: an agent that needs more is in a loop.
 * What a person approves is his to decide, and quarantine ends the loop: neither is held back.
 */
export const crashLoopBudget: Guardrail = {
  name: 'crash-loop-budget',
  judge(change, { record }) {
    if (!change.counts || asksPerson(change)) return { verdict: 'allowed' }
    if (record.status === 'unreadable')
      return { verdict: 'refused', reason: `what was done to the agent of late could not be read: ${record.reason}` }
    const { maxActionsPerHour } = change.pool.limits
    const others = record.changes.filter(({ id }) => id !== change.id)
    if (others.length < maxActionsPerHour) return { verdict: 'allowed' }
    return { verdict: 'refused', reason: overBudget({ changes: others }, maxActionsPerHour) }
  },
}
