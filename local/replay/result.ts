import { subjectLabel } from '../../functions/domain/agent.ts'
import type { Outcome } from '../../functions/domain/outcome.ts'
import type { Report } from '../../functions/domain/report.ts'
import { costOf } from '../../functions/report/cost.ts'
import type { Replayed } from './replay.ts'
import type { Expected, Scenario } from './scenario.ts'

/** What `--json` prints: one object, everything in it out of the replay. */
export interface Result {
  scenario: string
  outcome: Outcome
  reason: string | null
  cause: string | null
  confidence: number | null
  scope: string | null
  attempts: number
  actions: { kind: string; target: string; outcome: string }[]
  gate: { decision: string; by: string | null } | null
  verification: { name: string; result: string }[]
  notifications: { topic: string; subject: string; body: string }[]
  timing: Record<string, number>
  cost: { usd: number; stateTransitions: number }
  calls: { function: string; service: string; operation: string; count: number }[]
  states: string[]
  /** Every incident that was reported, in the order of opening. */
  incidents: { subject: string; outcome: Outcome; cause: string; actions: { kind: string; outcome: string }[] }[]
  /** Outcome of each delivery, where the event came more than once. */
  deliveries: Outcome[]
}

interface Output {
  opening?: { decision: string; reason?: string }
  report?: { outcome: Outcome }
}

/** An execution that failed told nobody what became of it: that is the outcome `failed`. */
const outcomeOf = ({ status, output }: Replayed['executions'][number]): Outcome => {
  const { opening, report } = (output ?? {}) as Output
  if (status !== 'SUCCEEDED') return 'failed'
  if (report) return report.outcome
  return (opening?.decision ?? 'failed') as Outcome
}

const countCalls = (calls: Replayed['calls']): Result['calls'] => {
  const counts = new Map<string, Result['calls'][number]>()
  for (const { function: name, service, operation } of calls) {
    const key = `${name} ${service} ${operation}`
    const known = counts.get(key) ?? { function: name, service, operation, count: 0 }
    counts.set(key, { ...known, count: known.count + 1 })
  }
  return [...counts.values()]
}

const reportsOf = ({ reports }: Replayed): Report[] =>
  Object.entries(reports)
    .filter(([key]) => key.endsWith('report.json'))
    .map(([, text]) => JSON.parse(text) as Report)
    .sort((a, b) =>
      `${a.openedAt} ${subjectLabel(a.subject)}`.localeCompare(`${b.openedAt} ${subjectLabel(b.subject)}`),
    )

/** The result of a replay; the first delivery's, where there were several. */
export const resultOf = ({ name }: Scenario, replayed: Replayed): Result => {
  const [first] = replayed.executions
  if (!first) throw new Error('the event was not delivered: world.json has no deliveries')
  const all = reportsOf(replayed)
  const [report] = all
  const { opening } = (first.output ?? {}) as Output
  const cost = costOf(replayed.transitions, 'counted by the replay')
  return {
    scenario: name,
    outcome: outcomeOf(first),
    reason: report?.reason ?? opening?.reason ?? first.error ?? null,
    cause: report?.cause ?? null,
    confidence: report?.confidence ?? null,
    scope: report?.scope ?? null,
    attempts: report
      ? report.attempts.length + (report.verification.length > 0 || report.actions.length > 0 ? 1 : 0)
      : 0,
    actions: report?.actions.map(({ kind, target, outcome }) => ({ kind, target, outcome })) ?? [],
    gate: report?.decision ? { decision: report.decision.decision, by: report.decision.by } : voidedDecision(replayed),
    verification: report?.verification.map(({ name: check, result }) => ({ name: check, result })) ?? [],
    notifications: replayed.messages.map(({ topic, subject, body }) => ({ topic, subject, body })),
    timing: report?.timing ?? {},
    cost: { usd: cost.usd, stateTransitions: cost.stateTransitions },
    calls: countCalls(replayed.calls),
    states: replayed.events.flatMap(({ type, state, executionArn }) =>
      type === 'StateEntered' && state && executionArn === first.executionArn ? [state] : [],
    ),
    incidents: all.map(({ subject, outcome, cause, actions }) => ({
      subject: subjectLabel(subject),
      outcome,
      cause,
      actions: actions.map(({ kind, outcome: ended }) => ({ kind, outcome: ended })),
    })),
    deliveries: replayed.executions.slice(0, replayed.delivered).map(outcomeOf),
  }
}

/** A decision about a plan that was voided afterwards stands in the history only. */
const voidedDecision = ({ events }: Replayed): Result['gate'] => {
  const decided = events.findLast(
    ({ type, state }) => type === 'StateExited' && (state === 'RequestApproval' || state === 'ExpireApproval'),
  )
  const decision = (decided?.output as { decision?: { decision: string; by: string | null } } | undefined)?.decision
  return decision ? { decision: decision.decision, by: decision.by } : null
}

/** What of a result is otherwise than expected.json says; empty when all of it holds. */
export const differences = (result: Result, expected: Expected): string[] => {
  const found: string[] = []
  const compare = (what: string, actual: unknown, wanted: unknown) => {
    if (wanted !== undefined && JSON.stringify(actual) !== JSON.stringify(wanted))
      found.push(`${what}: expected ${JSON.stringify(wanted)}, was ${JSON.stringify(actual)}`)
  }
  compare('outcome', result.outcome, expected.outcome)
  compare('cause', result.cause, expected.cause)
  compare(
    'actions',
    result.actions.map(({ kind, outcome }) => ({ kind, outcome })),
    expected.actions,
  )
  compare('gate', result.gate && { decision: result.gate.decision }, expected.gate)
  compare('attempts', result.attempts, expected.attempts)
  compare('deliveries', result.deliveries, expected.deliveries)
  compare(
    'topics',
    result.notifications.map(({ topic }) => topic),
    expected.topics,
  )
  compare(
    'incidents',
    result.incidents.map(({ subject, outcome, cause }, index) => ({
      subject,
      outcome,
      ...(expected.incidents?.[index]?.cause ? { cause } : {}),
    })),
    expected.incidents,
  )
  return found
}
