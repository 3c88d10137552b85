/** An error as Step Functions names it. `cause` of the state's error output is the message. */
export class StatesError extends Error {
  /** The engine asks these two before it looks at Retry and Catch. */
  readonly isRetryable: boolean
  readonly isCatchable: boolean
  constructor(name: string, cause: string, options: { uncatchable?: boolean } = {}) {
    super(cause)
    this.name = name
    this.isRetryable = !options.uncatchable
    this.isCatchable = !options.uncatchable
  }
}

/** Limit of a state's input and output (Step Functions quotas). No Catch takes what exceeds it. */
export const checkSize = (value: unknown, limitBytes: number, what: string): void => {
  const bytes = Buffer.byteLength(JSON.stringify(value) ?? '')
  if (bytes > limitBytes)
    throw new StatesError('States.DataLimitExceeded', `${what} has ${bytes} bytes, more than ${limitBytes}.`, {
      uncatchable: true,
    })
}

/** A function's error as Step Functions shows it: the name as Error, Lambda's JSON as Cause. */
export const lambdaFailure = (error: unknown): StatesError => {
  if (error instanceof StatesError) return error
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error))
  const trace = (stack ?? '')
    .split('\n')
    .slice(0, 5)
    .map((line) => line.trim())
  return new StatesError(name, JSON.stringify({ errorType: name, errorMessage: message, trace }))
}

/** An error of the Step Functions API, named as the service names it. */
export const apiError = (name: string, message: string): Error => Object.assign(new Error(message), { name })
