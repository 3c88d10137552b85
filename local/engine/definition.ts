/** An Amazon States Language definition as far as the replay reads it. */
export interface Retrier {
  ErrorEquals: string[]
  IntervalSeconds?: number
  MaxAttempts?: number
  BackoffRate?: number
  MaxDelaySeconds?: number
  JitterStrategy?: 'FULL' | 'NONE'
}

export interface State {
  Type: string
  Resource?: string
  Parameters?: Record<string, unknown>
  InputPath?: string | null
  ResultPath?: string | null
  OutputPath?: string | null
  TimeoutSeconds?: number
  TimeoutSecondsPath?: string
  HeartbeatSeconds?: number
  Seconds?: number
  SecondsPath?: string
  Timestamp?: string
  TimestampPath?: string
  Retry?: Retrier[]
  Catch?: { ErrorEquals: string[]; Next: string; ResultPath?: string }[]
  Branches?: Definition[]
  Choices?: unknown[]
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

/** Every state of a definition with its name, those in branches included. */
export const allStates = (definition: Definition, path = ''): { name: string; path: string; state: State }[] =>
  Object.entries(definition.States).flatMap(([name, state]) => [
    { name, path: `${path}States.${name}`, state },
    ...(state.Branches ?? []).flatMap((branch, index) =>
      allStates(branch, `${path}States.${name}.Branches[${index}].`),
    ),
  ])

export const waitsForToken = (state: State): boolean => state.Resource?.endsWith('.waitForTaskToken') ?? false

/** `${OpenIncidentFunctionArn}` names the function `open-incident`. */
export const functionNameOf = (state: State): string =>
  String(state.Parameters?.['FunctionName'] ?? '')
    .replace(/^\$\{(.*?)(FunctionArn)?\}$/, '$1')
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
