/** Errors that end an execution whatever its Retry and Catch say. Source: Step Functions, "Error names". */
export const terminalErrors = ['States.Runtime', 'States.DataLimitExceeded']

/** An error as Step Functions names it. Its message is the Cause of the state's error output. */
export class StatesError extends Error {
  /** aws-local-stepfunctions asks these two before it looks at Retry and Catch. */
  readonly isRetryable: boolean
  readonly isCatchable: boolean
  constructor(name: string, cause: string) {
    super(cause)
    this.name = name
    this.isRetryable = !terminalErrors.includes(name)
    this.isCatchable = this.isRetryable
  }
}

/** Fails what exceeds the quota of a state's input, output and result (262,144 bytes of UTF-8). */
export const checkSize = (value: unknown, limitBytes: number, what: string): void => {
  const bytes = Buffer.byteLength(JSON.stringify(value) ?? '')
  if (bytes > limitBytes)
    throw new StatesError(
      'States.DataLimitExceeded',
      `${what} has ${bytes} bytes, more than the limit of ${limitBytes}.`,
    )
}

/** Lambda's own errors carry a plain sentence; those of the function carry JSON, with the code in /var/task. */
const causeOf = ({ name, message, stack }: Error): string => {
  if (name.startsWith('Lambda.')) return message
  const trace = (stack ?? '')
    .replaceAll(`file://${process.cwd()}/`, '/var/task/')
    .replaceAll(`${process.cwd()}/`, '/var/task/')
    .split('\n')
    .slice(0, 5)
    .map((line) => line.trim())
  return JSON.stringify({ errorMessage: message, errorType: name, trace })
}

/** The failure of a Lambda call as Step Functions shows it to Retry and Catch. */
export const lambdaFailure = (thrown: unknown): StatesError => {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown))
  return new StatesError(error.name, causeOf(error))
}

/** An error of the Step Functions API, named as the service names it. */
export const apiError = (name: string, message: string): Error => Object.assign(new Error(message), { name })
