import { successorIn } from '../domain/action.ts'
import { subjectLabel } from '../domain/agent.ts'
import type { Closure, Replacement } from '../domain/agent-record.ts'
import type { Report } from '../domain/report.ts'
import type { Reportable } from '../domain/workflow.ts'

/** What is remembered of an incident's end: the rungs that changed something, and how it came out. */
export const closureOf = (
  { incident, attempts, plan, execution }: Reportable,
  { outcome, cause, closedAt }: Pick<Report, 'outcome' | 'cause' | 'closedAt'>,
): Closure => {
  const before = attempts.filter(({ actions }) => actions.some(isDone)).map(({ rung }) => rung)
  const now = plan?.kind === 'act' && execution?.results.some(isDone) ? [plan.rung] : []
  return { incidentId: incident.id, cause, outcome, rungs: [...before, ...now], closedAt, depth: incident.depth }
}

const isDone = ({ kind, outcome }: { kind: string; outcome: string }): boolean =>
  outcome !== 'blocked' && kind !== 'quarantine'

/** The replacement that this attempt made; null when it made none. */
export const replacementOf = (
  { incident, execution }: Pick<Reportable, 'incident' | 'execution'>,
  works: boolean,
  at: string,
): Replacement | null => {
  const successor = execution?.results.map(({ detail }) => successorIn(detail)).find((id) => id !== null)
  return successor ? { incidentId: incident.id, agent: subjectLabel(incident.subject), successor, works, at } : null
}
