import type { StateMachine } from 'aws-local-stepfunctions'

/** One line of an execution's history, in virtual time. Inputs and outputs are values, not JSON text. */
export interface EngineEvent {
  executionArn: string
  at: Date
  type:
    | 'ExecutionStarted'
    | 'ExecutionSucceeded'
    | 'ExecutionFailed'
    | 'ExecutionTimedOut'
    | 'ExecutionAborted'
    | 'StateEntered'
    | 'StateExited'
    /** A state failed; when a retry follows, `attempt` is the number of the attempt that failed, from 1. */
    | 'TaskFailed'
    /** A state begins once more; `attempt` is the number of the attempt that begins, from 2. */
    | 'TaskRetried'
    | 'TaskCaught'
  state?: string
  stateType?: string
  input?: unknown
  output?: unknown
  error?: string
  cause?: string
  attempt?: number
}

/** What an execution's parts tell; the execution adds its ARN and the time. */
export type Told = Omit<EngineEvent, 'executionArn' | 'at'>

type LibraryLog = ReturnType<StateMachine['run']>['eventLogs'] extends AsyncGenerator<infer Log> ? Log : never

/**
 * Reads one machine run's log lines as events. Lines about executions and branches say nothing here: the execution is
 * told by ours. `typeOf` gives a state's type as written, since the library runs a rewritten copy.
 */
export const createLogReader = (typeOf: (state: string) => string | undefined) => {
  let failure: { error: string; cause: string } | undefined
  return (log: LibraryLog): Told | undefined => {
    if (!('state' in log)) return undefined
    const state = { state: log.state.name, stateType: typeOf(log.state.name) ?? log.state.type }
    switch (log.type) {
      case 'StateEntered':
        return { type: 'StateEntered', ...state, input: log.state.input }
      case 'StateExited':
        return { type: 'StateExited', ...state, output: log.state.output }
      case 'StateFailed':
        // The declared type of this line lacks the error that the library writes into it.
        failure = { error: String(Reflect.get(log, 'Error')), cause: String(Reflect.get(log, 'Cause')) }
        return { type: 'TaskFailed', ...state, ...failure }
      case 'StateCaught':
        return { type: 'TaskCaught', ...state, ...failure }
      default:
        return undefined
    }
  }
}
