import { successorIn } from '../domain/action.ts'
import { poolNameOf } from '../domain/agent.ts'
import type { Pool } from '../domain/fleet.ts'
import type { TimelineEntry } from '../domain/incident.ts'
import { outcomeOf } from '../domain/outcome-of.ts'
import type { Report } from '../domain/report.ts'
import { timingOf } from '../domain/timing.ts'
import type { Reportable } from '../domain/workflow.ts'
import { estimateCost } from './cost.ts'
import { linksOf } from './links.ts'

/** Why it ended so, where something other than a recovery decided. */
const reasonOf = ({ failure, plan, decision, execution }: Reportable): string | null => {
  if (failure && failure.Error !== 'States.Timeout')
    return `${failure.Error}: ${failure.Cause ?? 'no cause given'}`.slice(0, 1000)
  if (plan?.kind === 'act') {
    if (plan.gate.kind === 'refused') return `${plan.gate.guardrail}: ${plan.gate.reason}`
    if (execution?.status === 'stopped') return execution.results.at(-1)?.detail ?? 'the kill switch was set'
    if (decision?.decision === 'rejected')
      return `${decision.by ?? 'a person'} rejected it${decision.reason ? `: ${decision.reason}` : ''}`
    if (decision?.decision === 'expired') return decision.reason ?? 'nobody answered in time'
  }
  if (plan?.kind === 'stop' || plan?.kind === 'verify') return plan.reason
  return null
}

const askedOf = (state: Reportable): string | null => {
  const { plan, decision, execution } = state
  if (plan?.kind === 'stop') return plan.asked
  if (plan?.kind !== 'act') return state.failure ? 'Look at the execution: the workflow itself failed.' : null
  if (plan.route === 'refused') return `Decide about ${plan.rung} by hand: a guardrail refused it.`
  if (decision && decision.decision !== 'approved') return `The agent still fails. Decide about ${plan.rung} by hand.`
  if (execution?.status === 'stopped') return 'The kill switch stopped the plan: look at what is half done.'
  return plan.afterwards === 'escalate'
    ? 'The ladder ended without recovery: look at the agent and lift its quarantine when it works.'
    : null
}

/** What was begun and has no certain end: maybe done, or done before the plan was stopped. */
const halfDoneOf = ({ execution }: Reportable): string[] => {
  const results = execution?.results ?? []
  const running = execution?.current
    ? [`${execution.current.action.kind} was started and its end is not known. Undo: ${execution.current.action.undo}`]
    : []
  const incomplete = execution?.status === 'stopped' || execution?.status === 'failed'
  return [
    ...results
      .filter(({ outcome }) => outcome === 'maybe-done' || (incomplete && outcome === 'succeeded'))
      .map(
        ({ kind, outcome, undo }) => `${kind} ${outcome === 'succeeded' ? 'is done' : 'may be done'}. Undo: ${undo}`,
      ),
    ...running,
  ]
}

/** The report of an incident, whatever part of the workflow it came to. */
export const buildReport = (
  state: Reportable,
  pool: Pool,
  timeline: TimelineEntry[],
  closedAt: string,
  bucket: string,
): Report => {
  const { incident, diagnosis, attempts, execution, verification, plan } = state
  const last = attempts.at(-1)
  // An incident that is verified as well is told by the cause that it had, not by the health that it has now.
  const healed = diagnosis?.cause === 'healthy-false-alarm' && last !== undefined
  // So is one whose agent was replaced: what is seen of it afterwards is that it is gone.
  const told = healed || last?.actions.some(({ detail }) => successorIn(detail) !== null) ? last : undefined
  return {
    incidentId: incident.id,
    subject: incident.subject,
    pool: poolNameOf(incident.subject),
    environment: pool.environment,
    outcome: outcomeOf(state),
    openedAt: incident.openedAt,
    closedAt,
    reported: incident.signal.summary,
    cause: told?.cause ?? diagnosis?.cause ?? 'unknown',
    confidence: told?.confidence ?? diagnosis?.confidence ?? 0,
    scope: diagnosis?.scope ?? (incident.subject.kind === 'pool' ? 'pool' : 'agent'),
    explanation: diagnosis?.explanation ?? 'The workflow ended before a diagnosis.',
    facts: diagnosis?.facts ?? [],
    attempts,
    actions: [...attempts.flatMap(({ actions }) => actions), ...(execution?.results ?? [])],
    skipped: plan?.skipped ?? [],
    decision: state.decision ?? null,
    verification: verification?.checks ?? [],
    reason: reasonOf(state),
    asked: askedOf(state),
    halfDone: halfDoneOf(state),
    timeline,
    timing: timingOf(incident.openedAt, state.marks),
    cost: estimateCost(state),
    links: linksOf(incident, bucket),
  }
}
