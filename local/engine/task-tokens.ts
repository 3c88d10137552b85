import { apiError, StatesError } from './errors.ts'

interface Waiting {
  succeed(output: unknown): void
  fail(error: StatesError): void
  beat(): void
}

/** Everything issued here begins like this, so that a token of elsewhere is told from a spent one. */
const prefix = 'AQCEAAAAKgAAAAMAAAAA'

/** Task tokens of one engine: each is issued to one waiting attempt, answered once, and known as closed afterwards. */
export const createTaskTokens = (payloadLimitBytes: number) => {
  const waiting = new Map<string, Waiting>()
  const closed = new Set<string>()
  let issued = 0

  /** The attempt that waits for this token; throws as the API does when there is none. */
  const find = (token: string): Waiting => {
    const found = waiting.get(token)
    if (found) return found
    if (closed.has(token)) throw apiError('TaskTimedOut', "Task Timed Out: 'Provided task does not exist anymore'")
    if (token.startsWith(prefix))
      throw apiError('TaskDoesNotExist', "Task Does Not Exist: 'Provided task does not exist'")
    throw apiError('InvalidToken', "Invalid Token: 'Invalid token'")
  }
  const close = (token: string): void => {
    if (waiting.delete(token)) closed.add(token)
  }

  return {
    issue(executionArn: string, answer: Waiting): string {
      issued += 1
      const token = prefix + Buffer.from(`${executionArn}#${issued}`).toString('base64')
      waiting.set(token, answer)
      return token
    },
    /** Ends a token whose attempt is over, however it ended. */
    close,
    /** `output` is JSON text. */
    sendTaskSuccess(token: string, output: string): void {
      if (Buffer.byteLength(output) > payloadLimitBytes)
        throw apiError(
          'ValidationException',
          `1 validation error detected: output is longer than ${payloadLimitBytes} bytes`,
        )
      let parsed: unknown
      try {
        parsed = JSON.parse(output)
      } catch (error) {
        throw Object.assign(apiError('InvalidOutput', `Invalid Output: '${(error as Error).message}'`), {
          cause: error,
        })
      }
      const task = find(token)
      close(token)
      task.succeed(parsed)
    },
    sendTaskFailure(token: string, error = '', cause = ''): void {
      const task = find(token)
      close(token)
      task.fail(new StatesError(error, cause))
    },
    sendTaskHeartbeat(token: string): void {
      find(token).beat()
    },
  }
}
export type TaskTokens = ReturnType<typeof createTaskTokens>
