import { apiError } from './errors.ts'

interface Waiting {
  succeed(output: unknown): void
  fail(error: string, cause: string): void
}

/** Task tokens of one engine: issued to a waiting task, answered once, known as spent afterwards. */
export const createTaskTokens = () => {
  const waiting = new Map<string, Waiting>()
  const spent = new Set<string>()
  let count = 0

  const take = (token: string): Waiting => {
    const found = waiting.get(token)
    if (found) {
      waiting.delete(token)
      spent.add(token)
      return found
    }
    if (spent.has(token)) throw apiError('TaskTimedOut', "Task Timed Out: 'Provided task does not exist anymore'")
    throw apiError('InvalidToken', "Invalid Token: 'Invalid token'")
  }

  return {
    issue(executionArn: string): string {
      count += 1
      return Buffer.from(JSON.stringify([executionArn, count])).toString('base64')
    },
    wait(token: string, answer: Waiting): void {
      waiting.set(token, answer)
    },
    /** A task that ended otherwise: its token is answered no more. */
    expire(token: string): void {
      waiting.delete(token)
      spent.add(token)
    },
    sendTaskSuccess(token: string, output: string): void {
      let parsed: unknown
      try {
        parsed = JSON.parse(output)
      } catch {
        throw apiError('InvalidOutput', "Invalid Output: 'output is not valid JSON'")
      }
      take(token).succeed(parsed)
    },
    sendTaskFailure(token: string, error: string, cause: string): void {
      take(token).fail(error, cause)
    },
    sendTaskHeartbeat(token: string): void {
      if (!waiting.has(token)) take(token)
    },
  }
}
export type TaskTokens = ReturnType<typeof createTaskTokens>
