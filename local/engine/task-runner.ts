import { functionNameOf, type State, waitsForToken } from './definition.ts'
import { checkSize, lambdaFailure, StatesError } from './errors.ts'
import { retryPolicy } from './retry.ts'
import { tokenPlaceholder } from './rewrite.ts'
import type { TaskTokens } from './task-tokens.ts'
import type { VirtualClock } from './virtual-clock.ts'

/** A call of a function by a state. Rejects with an error whose `name` is what Lambda would report. */
export interface Invocation {
  functionName: string
  payload: unknown
  executionArn: string
  stateName: string
}
export type Invoke = (invocation: Invocation) => Promise<unknown>

export interface TaskRun {
  stateName: string
  state: State
  executionArn: string
  /** Ends the run's sleeps when the execution ends. */
  signal: AbortSignal
  onRetry(error: StatesError, attempt: number): void
}

interface RunnerOptions {
  clock: VirtualClock
  invoke: Invoke
  tokens: TaskTokens
  random: () => number
  payloadLimitBytes: number
}

const withToken = (value: unknown, token: string): unknown => {
  if (value === tokenPlaceholder) return token
  if (Array.isArray(value)) return value.map((inner) => withToken(inner, token))
  if (value && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withToken(inner, token)]))
  return value
}

/** Runs Task states: the call, its time-out and its retries, all in the clock's time. */
export const createTaskRunner = ({ clock, invoke, tokens, random, payloadLimitBytes }: RunnerOptions) => {
  /** The work, or States.Timeout: whichever comes first. A function that is late goes on unheard, as it does on AWS. */
  const withTimeout = async <T>(work: Promise<T>, seconds: number, signal: AbortSignal): Promise<T> => {
    const done = new AbortController()
    const timeout = clock.sleep(seconds * 1000, AbortSignal.any([done.signal, signal])).then(() => {
      if (done.signal.aborted) return new Promise<never>(() => {})
      throw new StatesError('States.Timeout', '')
    })
    try {
      return await Promise.race([work, timeout])
    } finally {
      done.abort()
    }
  }

  const call = async (run: TaskRun, task: { Payload?: unknown }): Promise<unknown> => {
    const { stateName, state, executionArn } = run
    const functionName = functionNameOf(state)
    checkSize(task.Payload, payloadLimitBytes, `The input of ${stateName}`)
    const payload = await invoke({ functionName, payload: task.Payload, executionArn, stateName }).catch(
      (error: unknown) => {
        throw lambdaFailure(error)
      },
    )
    const result = { ExecutedVersion: '$LATEST', Payload: payload ?? null, StatusCode: 200 }
    checkSize(result, payloadLimitBytes, `The result of ${stateName}`)
    return result
  }

  const callAndWait = (run: TaskRun, task: { Payload?: unknown }, seconds: number): Promise<unknown> => {
    const token = tokens.issue(run.executionArn)
    const answered = new Promise<unknown>((resolve, reject) => {
      tokens.wait(token, {
        succeed: resolve,
        fail: (error, cause) => reject(new StatesError(error, cause)),
      })
      // Only the function's failure ends the wait; its own result means nothing.
      call(run, withToken(task, token) as { Payload?: unknown }).catch(reject)
    })
    return withTimeout(answered, seconds, run.signal).catch((error: unknown) => {
      tokens.expire(token)
      throw error
    })
  }

  return async (run: TaskRun, input: { task: { Payload?: unknown }; timeoutSeconds: number }): Promise<unknown> => {
    const retryAfter = retryPolicy(run.state.Retry ?? [], random)
    for (let attempt = 1; ; attempt += 1) {
      try {
        return waitsForToken(run.state)
          ? await callAndWait(run, input.task, input.timeoutSeconds)
          : await withTimeout(call(run, input.task), input.timeoutSeconds, run.signal)
      } catch (error) {
        const failure = lambdaFailure(error)
        const delay = retryAfter(failure)
        if (delay === null || run.signal.aborted) throw failure
        run.onRetry(failure, attempt)
        await clock.sleep(delay, run.signal)
      }
    }
  }
}
