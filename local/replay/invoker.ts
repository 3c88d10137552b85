import { AsyncLocalStorage } from 'node:async_hooks'
import type { Context } from 'aws-lambda'
import type { LambdaFunction } from '../../functions/runtime/lambda-handler.ts'
import { type Platform, providePlatform } from '../../functions/runtime/platform.ts'
import { functionTimeoutSeconds } from '../../infra/handlers.ts'
import type { VirtualClock } from '../engine/virtual-clock.ts'

interface Running {
  platform: Platform
  functionName: string
  /** A fault has ended it: none of its calls settles any more. */
  dead?: boolean
}

const running = new AsyncLocalStorage<Running>()

// Handlers ask for the platform when they are invoked: each invocation of each replay finds its own.
providePlatform(() => {
  const current = running.getStore()
  if (!current) throw new Error('a handler ran outside a replayed invocation')
  return current.platform
})

/** The function whose code runs now; the replay itself outside any. */
export const currentFunction = (): string => running.getStore()?.functionName ?? 'replay'

/** Ends the running function: whatever it awaits never comes. */
export const killCurrentFunction = (): void => {
  const current = running.getStore()
  if (current) current.dead = true
}
export const isCurrentFunctionDead = (): boolean => running.getStore()?.dead === true

/** Runs work as if a function did it, on this replay's platform. */
export const asFunction = <T>(platform: Platform, functionName: string, work: () => Promise<T>): Promise<T> =>
  running.run({ platform, functionName }, work)

let requests = 0

const contextOf = (functionName: string, deadline: number, clock: VirtualClock): Context =>
  ({
    functionName: `agent-medic-${functionName}`,
    functionVersion: '$LATEST',
    invokedFunctionArn: `arn:aws:lambda:eu-central-1:111122223333:function:agent-medic-${functionName}`,
    memoryLimitInMB: '512',
    awsRequestId: `00000000-0000-4000-8000-${String(requests).padStart(12, '0')}`,
    getRemainingTimeInMillis: () => Math.max(0, deadline - clock.now().getTime()),
  }) as Context

/** Invokes the real handlers, as Lambda does: what is returned travels as JSON, and a function that is late is ended. */
export const createInvoker =
  (platform: Platform, clock: VirtualClock) =>
  async (functionName: string, payload: unknown): Promise<unknown> => {
    const { handler } = await clock.hold(
      async () => (await import(`../../functions/handlers/${functionName}.ts`)) as { handler: LambdaFunction },
    )
    requests += 1
    const timeoutMs = functionTimeoutSeconds(functionName) * 1000
    const over = new AbortController()
    const context = contextOf(functionName, clock.now().getTime() + timeoutMs, clock)
    const late = clock.sleep(timeoutMs, over.signal).then(() => {
      if (over.signal.aborted) return undefined
      throw Object.assign(new Error(`Task timed out after ${timeoutMs / 1000}.00 seconds`), {
        name: 'Sandbox.Timedout',
      })
    })
    const work = asFunction(platform, functionName, () => handler(JSON.parse(JSON.stringify(payload)), context))
    try {
      const result = await Promise.race([work, late.then(() => new Promise<never>(() => {}))])
      return JSON.parse(JSON.stringify(result ?? null))
    } finally {
      over.abort()
    }
  }
