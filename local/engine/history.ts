import { StatesError } from './errors.ts'
import type { Told } from './events.ts'

/** Step Functions' quota of events in one execution's history. */
const historyLimit = 25_000

/**
 * Events that Step Functions writes where we tell one: a call is scheduled, started and ended besides (a token's also
 * submitted), a Parallel started and ended. Close enough to end a loop that would end on AWS.
 */
const weightOf = ({ type, stateType }: Told): number => {
  if (type !== 'StateEntered' && type !== 'TaskRetried') return type === 'TaskFailed' || type === 'TaskCaught' ? 0 : 1
  const own = type === 'StateEntered' ? 1 : 0
  if (stateType === 'Task') return own + 4
  return own + (stateType === 'Parallel' ? 2 : 0)
}

/**
 * Counts one execution's history. `transitions` is what a Standard workflow is billed for: "a state transition each time
 * a step of your workflow is executed […] each retry will be charged as an additional state transition" (Step Functions
 * pricing). Assumed: every state that is entered is one, those in branches included, and start and end add none.
 */
export const createHistory = () => {
  let transitions = 0
  let events = 0
  return {
    transitions: () => transitions,
    /** Throws what ends the execution when the history is full; no Catch takes it. */
    count(told: Told): void {
      if (told.type === 'StateEntered' || told.type === 'TaskRetried') transitions += 1
      events += weightOf(told)
      if (events > historyLimit)
        throw new StatesError(
          'States.Runtime',
          `The execution reached the maximum number of history events (${historyLimit}).`,
        )
    },
  }
}
