import type { ActionKind } from './action.ts'
import type { DiagnosedCause } from './cause.ts'
import type { Outcome } from './outcome.ts'
import type { Signal } from './signal.ts'
import { addSeconds } from './time.ts'

/** One rung that was carried out on an agent, or begun. */
export interface RecordedChange {
  /** Incident and attempt: a rung of several actions is one change. */
  id: string
  rung: string
  kinds: ActionKind[]
  at: string
}

/** How an incident of an agent ended. */
export interface Closure {
  incidentId: string
  cause: DiagnosedCause
  outcome: Outcome
  /** The rungs that were tried, in order. */
  rungs: string[]
  closedAt: string
  /** How many incidents with changes of ours led to this one, each within the hour after the one before. */
  depth: number
}

/** What the medic did to an agent of late, and how its incidents ended: budget, cooldown and recurrence hang on it. */
export interface AgentRecord {
  /** Changes of the last hour, oldest first; those of the agent that it replaced among them. */
  changes: RecordedChange[]
  /** Closures of the last day, oldest first. */
  closures: Closure[]
  /** Depth that the agent took over from the one that it replaced. */
  inheritedDepth: number
}

/** One replacement of a pool, and whether the successor worked. */
export interface Replacement {
  incidentId: string
  agent: string
  successor: string
  works: boolean
  at: string
}

export const hourSeconds = 3600

/** Why an agent gets no further change now. */
export const overBudget = ({ changes }: Pick<AgentRecord, 'changes'>, limit: number): string =>
  `the agent has had ${changes.length} changes within the hour (${changes.map(({ rung }) => rung).join(', ')}), and its limit is ${limit}`

/** How long after an end of this kind the agent is left alone; the rest may be taken up at once. */
const cooldownMinutes: Partial<Record<Outcome, number>> = {
  refused: 10,
  failed: 10,
  'false-alarm': 10,
  observed: 30,
  expired: 60,
  escalated: 60,
  rejected: 60,
}
const longestMinutes = 8 * 60

/**
 * Until when a new signal is only kept: each further end without recovery doubles the time, up to eight hours. Null when
 * nothing speaks against taking it up.
 */
export const cooldownOf = (
  { closures }: Pick<AgentRecord, 'closures'>,
  now: Date,
): { until: string; reason: string } | null => {
  const sinceRecovery = closures.slice(closures.findLastIndex(({ outcome }) => outcome === 'recovered') + 1)
  const last = sinceRecovery.at(-1)
  const first = last && cooldownMinutes[last.outcome]
  if (!last || first === undefined) return null
  const minutes = Math.min(longestMinutes, first * 2 ** (sinceRecovery.length - 1))
  const until = addSeconds(last.closedAt, minutes * 60).toISOString()
  if (until <= now.toISOString()) return null
  const times = sinceRecovery.length === 1 ? '' : `, the ${sinceRecovery.length}th time in a row without recovery`
  return { until, reason: `cooldown until ${until}: ${last.incidentId} ended as ${last.outcome}${times}` }
}

/** The state changes that our own actions bring about, told by events some time later. */
const consequences: Partial<Record<Signal['kind'], readonly ActionKind[]>> = {
  'instance-state-changed': ['stop-instance', 'replace-instance'],
  'instance-leaving': ['replace-instance'],
  'ecs-task-stopped': ['replace-task'],
}
const consequenceSeconds = 900

/** The change of ours that this signal tells of; undefined when it is somebody else's. */
export const ownChangeBehind = ({ kind, at }: Signal, { changes }: AgentRecord): RecordedChange | undefined =>
  changes.findLast(
    (change) =>
      change.kinds.some((each) => consequences[kind]?.includes(each)) &&
      new Date(at).toISOString() >= change.at &&
      new Date(at) <= addSeconds(change.at, consequenceSeconds),
  )

/** How many incidents with changes of ours led here, each within the hour before the next: 0 for trouble of its own. */
export const depthOf = ({ closures, inheritedDepth }: AgentRecord, now: Date): number => {
  const last = closures.at(-1)
  if (!last) return inheritedDepth
  const recent = addSeconds(last.closedAt, hourSeconds) > now
  return recent && last.rungs.length > 0 ? Math.max(last.depth, inheritedDepth) + 1 : 0
}
