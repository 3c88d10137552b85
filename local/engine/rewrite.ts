import type { Definition, State } from './definition.ts'

/** Stands for the task's token until the task runs: each attempt gets a token of its own. */
export const tokenPlaceholder = '(task token)'

/** Long beyond any replay, short enough for a timer: the engine's own timers must never fire. */
const never = 2_000_000

/** The engine overwrites the execution's start with the machine's clock and, in branches, its input with the branch's. */
const redirected = (value: unknown): unknown => {
  if (typeof value === 'string') return value.replace(/^\$\$\.Execution\.(StartTime|Input)/, '$$$$.Replay.$1')
  if (Array.isArray(value)) return value.map(redirected)
  if (value && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, redirected(inner)]))
  return value
}

const flow = (state: State): Partial<State> => ({
  ...(state.Next === undefined ? {} : { Next: state.Next }),
  ...(state.End === undefined ? {} : { End: state.End }),
})

/** A wait is a task that sleeps on the virtual clock and leaves its input as it was. */
const waitAsTask = (state: State): State => ({
  Type: 'Task',
  Resource: 'wait',
  TimeoutSeconds: never,
  ...(state.InputPath === undefined ? {} : { InputPath: state.InputPath }),
  Parameters: state.SecondsPath ? { 'seconds.$': state.SecondsPath } : { seconds: state.Seconds ?? 0 },
  ResultPath: null,
  ...(state.OutputPath === undefined ? {} : { OutputPath: state.OutputPath }),
  ...flow(state),
})

/** Retry and time-out move into the task's handler, where they sleep virtually; Catch and the paths stay with the engine. */
const virtualTask = ({ Retry: _retry, TimeoutSecondsPath, ...state }: State): State => ({
  ...state,
  TimeoutSeconds: never,
  Parameters: {
    ...(state.Parameters === undefined ? { 'task.$': '$' } : { task: redirected(state.Parameters) }),
    ...(TimeoutSecondsPath
      ? { 'timeoutSeconds.$': TimeoutSecondsPath }
      : { timeoutSeconds: state.TimeoutSeconds ?? never }),
  },
})

/** The copy of a definition that the engine runs. */
export const rewrite = (definition: Definition): Definition => {
  const { TimeoutSeconds: _timeout, ...rest } = definition
  return {
    ...rest,
    States: Object.fromEntries(
      Object.entries(definition.States).map(([name, state]) => {
        if (state.Type === 'Wait') return [name, waitAsTask(state)]
        if (state.Type === 'Task') return [name, virtualTask(state)]
        if (state.Branches) return [name, { ...state, Branches: state.Branches.map(rewrite) }]
        return [name, redirected(state) as State]
      }),
    ),
  }
}
