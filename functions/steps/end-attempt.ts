import type { AgentRecords } from '../aws/agent-records.ts'
import type { IncidentStore } from '../aws/incident-store.ts'
import { poolOf } from '../domain/agent.ts'
import type { Attempt } from '../domain/incident.ts'
import type { Clock } from '../domain/time.ts'
import type { Opened, Reportable } from '../domain/workflow.ts'
import { replacementOf } from './closure.ts'

export interface EndAttemptServices {
  incidents: IncidentStore
  records: AgentRecords
  clock: Clock
}

const howItEnded = ({ recheck, execution, verification }: Reportable): Pick<Attempt, 'outcome' | 'detail'> => {
  if (recheck?.status === 'void') return { outcome: 'voided', detail: recheck.reason }
  // A guardrail let nothing of it happen: the rung was not tried, and no harder one takes its place.
  const results = execution?.results ?? []
  if (results.length > 0 && results.every(({ outcome }) => outcome === 'blocked'))
    return { outcome: 'blocked', detail: results.map(({ detail }) => detail).join('; ') }
  const failed = execution?.results.filter(({ outcome }) => outcome !== 'succeeded') ?? []
  if (execution?.status === 'failed')
    return { outcome: 'action-failed', detail: failed.map(({ kind, detail }) => `${kind}: ${detail}`).join('; ') }
  const missed = verification?.checks.filter(({ result }) => result !== 'passed') ?? []
  return {
    outcome: 'not-recovered',
    detail: missed.map(({ name, result, detail }) => `${name} ${result}: ${detail}`).join('; '),
  }
}

/** Writes the attempt down and drops its parts, so that the next rung is chosen on fresh evidence. */
export const endAttempt =
  ({ incidents, records, clock }: EndAttemptServices) =>
  async (state: Reportable): Promise<Opened> => {
    const endedAt = clock.now().toISOString()
    const { outcome, detail } = howItEnded(state)
    const rung = state.plan && 'rung' in state.plan ? state.plan.rung : 'none'
    const ended: Attempt = {
      number: state.attempt,
      cause: state.diagnosis?.cause ?? 'unknown',
      confidence: state.diagnosis?.confidence ?? 0,
      rung,
      outcome,
      detail: detail.slice(0, 1000),
      actions: state.execution?.results ?? [],
      endedAt,
    }
    const replacement = replacementOf(state, false, endedAt)
    if (replacement) await records.replaced(poolOf(state.incident.subject), replacement)
    await incidents.note(state.incident.id, {
      at: endedAt,
      phase: 'plan',
      text: `Attempt ${ended.number} (${rung}) ended: ${outcome}. ${ended.detail}`,
    })
    const { opening, incident, attempt, attempts, marks } = state
    return { opening, incident, marks, attempt: attempt + 1, attempts: [...attempts, ended] }
  }
