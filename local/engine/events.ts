import type { StateMachine } from 'aws-local-stepfunctions'

type EngineLog = ReturnType<StateMachine['run']>['eventLogs'] extends AsyncGenerator<infer E> ? E : never

/** One line of an execution's history, in virtual time. */
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
    | 'TaskFailed'
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

const types = {
  StateEntered: 'StateEntered',
  StateExited: 'StateExited',
  StateFailed: 'TaskFailed',
  StateCaught: 'TaskCaught',
} as const

/** The engine's own log line as an event; undefined for those that say nothing here (its executions are told by ours). */
export const translateEvent = (
  log: EngineLog,
  executionArn: string,
  at: Date,
  typeOf: (state: string) => string | undefined,
): EngineEvent | undefined => {
  if (!(log.type in types) || !('state' in log)) return undefined
  const { name, input, output } = log.state
  return {
    executionArn,
    at,
    type: types[log.type as keyof typeof types],
    state: name,
    stateType: typeOf(name) ?? log.state.type,
    ...(log.type === 'StateEntered' ? { input } : {}),
    ...(log.type === 'StateExited' ? { output } : {}),
    ...(log.type === 'StateFailed' && 'Error' in log ? { error: String(log.Error), cause: String(log.Cause) } : {}),
  }
}

/**
 * State transitions as Standard workflows bill them: each state that is entered, and each retry as one more. Source: AWS
 * Step Functions pricing ("a state transition each time a step of your workflow is executed", retries included).
 */
export const countTransitions = (events: readonly EngineEvent[]): number =>
  events.filter(({ type }) => type === 'StateEntered' || type === 'TaskRetried').length
