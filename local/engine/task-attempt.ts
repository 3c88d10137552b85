import { functionNameOf, type State, waitsForToken } from './definition.ts'
import { checkSize, lambdaFailure, StatesError } from './errors.ts'
import { tokenPlaceholder } from './rewrite.ts'
import type { TaskTokens } from './task-tokens.ts'
import type { VirtualClock } from './virtual-clock.ts'

/** A call of a function by a state. */
export interface Invocation {
  functionName: string
  payload: unknown
  executionArn: string
  stateName: string
  /** The token that the payload carries, when the state waits for one. */
  taskToken?: string
}

/** Calls a function. Rejects with an Error whose `name` is what Lambda would report. */
export type Invoke = (invocation: Invocation) => Promise<unknown>

/** What the rewritten Task gives its handler. */
export interface TaskInput {
  task: { Payload?: unknown }
  timeoutSeconds: unknown
  heartbeatSeconds?: unknown
}

export interface AttemptServices {
  clock: VirtualClock
  invoke: Invoke
  tokens: TaskTokens
  payloadLimitBytes: number
  substitutions: Record<string, string>
}

interface AttemptedTask {
  stateName: string
  state: State
  executionArn: string
  /** Ends the attempt with its execution or its Parallel. */
  signal: AbortSignal
}

const seconds = (value: unknown, field: string): number => {
  if (typeof value === 'number' && Number.isInteger(value) && value > 0) return value
  throw new StatesError('States.Runtime', `${field} must be a positive integer, but is ${JSON.stringify(value)}.`)
}

/** A copy, as the wire makes one: what the function does to its own never reaches the state. */
const copied = (value: unknown): unknown => JSON.parse(JSON.stringify(value ?? null))

/** The value with the token in the placeholder's places. */
const withToken = (value: unknown, token: string): unknown => {
  if (typeof value === 'string') return value.replaceAll(tokenPlaceholder, token)
  if (Array.isArray(value)) return value.map((inner) => withToken(inner, token))
  if (value && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withToken(inner, token)]))
  return value
}

/**
 * One attempt of a Task: the call, the answer to its token, its time-out and its heartbeat, in the clock's time. A
 * function that is late goes on in the world unheard, as it does on AWS.
 */
export const createTaskAttempt = ({ clock, invoke, tokens, payloadLimitBytes, substitutions }: AttemptServices) => {
  const call = async (task: AttemptedTask, payload: unknown, taskToken?: string): Promise<unknown> => {
    const { stateName, executionArn } = task
    checkSize(payload, payloadLimitBytes, `The input of the task in ${stateName}`)
    const functionName = functionNameOf(task.state, substitutions)
    const invocation = { functionName, payload: copied(payload), executionArn, stateName }
    let returned: unknown
    try {
      returned = await invoke(taskToken ? { ...invocation, taskToken } : invocation)
    } catch (error) {
      throw lambdaFailure(error)
    }
    const result = {
      ExecutedVersion: '$LATEST',
      Payload: copied(returned),
      SdkHttpMetadata: { HttpStatusCode: 200 },
      StatusCode: 200,
    }
    checkSize(result, payloadLimitBytes, `The result of ${stateName}`)
    return result
  }

  return (task: AttemptedTask, input: TaskInput): Promise<unknown> => {
    const timeoutMs = seconds(input.timeoutSeconds, 'TimeoutSeconds') * 1000
    const heartbeatMs =
      input.heartbeatSeconds === undefined ? undefined : seconds(input.heartbeatSeconds, 'HeartbeatSeconds') * 1000
    const payload = input.task.Payload ?? {}
    const over = new AbortController()
    const ended = AbortSignal.any([over.signal, task.signal])

    const attempt = new Promise<unknown>((resolve, reject) => {
      /** Starts a timer that a later start of it supersedes. */
      const timer = (ms: number, error: string) => {
        let latest = 0
        return () => {
          latest += 1
          const mine = latest
          void clock.sleep(ms, ended).then(() => {
            if (mine === latest && !ended.aborted) reject(new StatesError(error, ''))
          })
        }
      }
      task.signal.addEventListener(
        'abort',
        () => reject(new StatesError('States.Runtime', 'The execution has ended.')),
        {
          signal: over.signal,
        },
      )
      timer(timeoutMs, 'States.Timeout')()
      const beat = heartbeatMs === undefined ? () => {} : timer(heartbeatMs, 'States.HeartbeatTimeout')
      beat()
      if (!waitsForToken(task.state)) {
        call(task, payload).then(resolve, reject)
        return
      }
      const token = tokens.issue(task.executionArn, { succeed: resolve, fail: reject, beat })
      over.signal.addEventListener('abort', () => tokens.close(token))
      // Only the function's failure ends the wait; what it returns means nothing.
      call(task, withToken(payload, token), token).catch(reject)
    })
    return attempt.finally(() => over.abort())
  }
}
