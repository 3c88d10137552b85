import type { Definition, State } from './definition.ts'

/** Stands for the task's token until the task runs: each attempt gets a token of its own. */
export const tokenPlaceholder = 'replay:task-token'

/**
 * Seconds after which aws-local-stepfunctions' own timer would end a task: beyond any replay, within what setTimeout
 * takes. Our time-outs sleep on the virtual clock.
 */
const never = 2_000_000

/** Keys whose strings are paths or intrinsic functions. */
export const isPathKey = (key: string): boolean => key.endsWith('.$') || key.endsWith('Path') || key === 'Variable'

/**
 * The library writes the machine's time and, in branches, the branch's input over `$$.Execution`; the true ones stand in
 * `$$.Replay`. A state's own name is known beforehand.
 */
const redirectContext = (value: unknown, stateName: string): unknown => {
  if (Array.isArray(value)) return value.map((inner) => redirectContext(inner, stateName))
  if (!value || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      if (typeof inner !== 'string' || !isPathKey(key)) return [key, redirectContext(inner, stateName)]
      if (inner === '$$.State.Name') return [key.replace(/\.\$$/, ''), stateName]
      return [key, inner.replace(/\$\$\.Execution\.(StartTime|Input)\b/g, '$$$$.Replay.$1')]
    }),
  )
}

/** The library takes the path `$` for a key of that name; leaving it out means the same. */
const withoutWholeResultPath = <T extends { ResultPath?: string | null }>(owner: T): T => {
  if (owner.ResultPath !== '$') return owner
  const { ResultPath: _whole, ...rest } = owner
  return rest as T
}

/** `name.$` for a path, `name` for a value, nothing when the state has neither. */
const valueOrPath = (name: string, value: unknown, path: unknown): Record<string, unknown> => {
  if (path !== undefined) return { [`${name}.$`]: path }
  return value === undefined ? {} : { [name]: value }
}

/** A task whose handler keeps time-out, heartbeat and retries on the virtual clock; the library keeps the paths and Catch. */
const virtualTask = (state: State): State => {
  const { Retry, TimeoutSecondsPath, HeartbeatSeconds, HeartbeatSecondsPath, ...kept } = state
  return {
    ...kept,
    TimeoutSeconds: never,
    Parameters: {
      task: state.Parameters,
      ...valueOrPath('timeoutSeconds', state.TimeoutSeconds, TimeoutSecondsPath),
      ...valueOrPath('heartbeatSeconds', HeartbeatSeconds, HeartbeatSecondsPath),
    },
  }
}

/** A wait is a task that sleeps on the virtual clock and returns its input. */
const waitAsTask = ({ Seconds, SecondsPath, Timestamp, TimestampPath, ...kept }: State): State => ({
  ...kept,
  Type: 'Task',
  Resource: 'wait',
  TimeoutSeconds: never,
  Parameters: {
    'input.$': '$',
    ...valueOrPath('seconds', Seconds, SecondsPath),
    ...valueOrPath('timestamp', Timestamp, TimestampPath),
  },
})

/** A Parallel is a task whose handler runs the branches, so that their retries and their end are ours to time. */
const parallelAsTask = ({ Branches, Retry, ...kept }: State): State => ({
  ...kept,
  Type: 'Task',
  Resource: 'parallel',
  TimeoutSeconds: never,
})

/** Without these two the library invents an error name and a cause. */
const bareFail = (state: State): State => ({
  ...state,
  ...('ErrorPath' in state ? {} : { Error: state['Error'] ?? '' }),
  ...('CausePath' in state ? {} : { Cause: state['Cause'] ?? '' }),
})

const rewriteState = (name: string, original: State): State => {
  const { Branches, ...own } = original
  const redirected = withoutWholeResultPath(redirectContext(own, name) as State)
  const state = redirected.Catch ? { ...redirected, Catch: redirected.Catch.map(withoutWholeResultPath) } : redirected
  switch (state.Type) {
    case 'Task':
      return virtualTask(state)
    case 'Wait':
      return waitAsTask(state)
    case 'Parallel':
      return parallelAsTask(state)
    case 'Fail':
      return bareFail(state)
    default:
      return state
  }
}

/** The copy of one machine that aws-local-stepfunctions runs; its branches are machines of their own. */
export const rewrite = ({ TimeoutSeconds: _ours, ...definition }: Definition): Definition => ({
  ...definition,
  States: Object.fromEntries(
    Object.entries(definition.States).map(([name, state]) => [name, rewriteState(name, state)]),
  ),
})
