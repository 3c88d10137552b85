/** An Amazon States Language definition (JSONPath) as far as the replay reads it. */
export interface Retrier {
  ErrorEquals: string[]
  IntervalSeconds?: number
  MaxAttempts?: number
  BackoffRate?: number
  MaxDelaySeconds?: number
  JitterStrategy?: 'FULL' | 'NONE'
}

export interface Catcher {
  ErrorEquals: string[]
  Next: string
  ResultPath?: string | null
}

export interface State {
  Type: string
  Resource?: string
  Parameters?: Record<string, unknown>
  Result?: unknown
  InputPath?: string | null
  ResultSelector?: Record<string, unknown>
  ResultPath?: string | null
  OutputPath?: string | null
  TimeoutSeconds?: number
  TimeoutSecondsPath?: string
  HeartbeatSeconds?: number
  HeartbeatSecondsPath?: string
  Seconds?: number
  SecondsPath?: string
  Timestamp?: string
  TimestampPath?: string
  Retry?: Retrier[]
  Catch?: Catcher[]
  Branches?: Definition[]
  Next?: string
  End?: boolean
  [key: string]: unknown
}

export interface Definition {
  StartAt: string
  States: Record<string, State>
  TimeoutSeconds?: number
  QueryLanguage?: string
  [key: string]: unknown
}

/** Every state of a definition with its name and path, those in branches included. */
export const allStates = (definition: Definition, path = ''): { name: string; path: string; state: State }[] =>
  Object.entries(definition.States).flatMap(([name, state]) => [
    { name, path: `${path}States.${name}`, state },
    ...(state.Branches ?? []).flatMap((branch, index) =>
      allStates(branch, `${path}States.${name}.Branches[${index}].`),
    ),
  ])

export const waitsForToken = (state: State): boolean => state.Resource?.endsWith('.waitForTaskToken') ?? false

const kebabCase = (name: string): string => name.replace(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase()

/**
 * The function that a Task calls. `${OpenIncidentFunctionArn}` is `open-incident`, unless the substitutions name another
 * for that placeholder; an ARN is the name in it.
 */
export const functionNameOf = (state: State, substitutions: Record<string, string> = {}): string => {
  const written = String(state.Parameters?.['FunctionName'] ?? '')
  const placeholder = /^\$\{(.+)\}$/.exec(written)?.[1]
  if (placeholder) return substitutions[placeholder] ?? kebabCase(placeholder.replace(/FunctionArn$/, ''))
  return /:function:([^:]+)/.exec(written)?.[1] ?? written
}
