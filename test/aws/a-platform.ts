import { readFileSync } from 'node:fs'
import { StandardRetryStrategy } from '@smithy/core/retry'
import type { AgentRef, Subject } from '../../functions/domain/agent.ts'
import type { Fleet } from '../../functions/domain/fleet.ts'
import { parseFleet } from '../../functions/domain/load-fleet.ts'
import type { Clock } from '../../functions/domain/time.ts'
import type { Platform, SdkClient } from '../../functions/runtime/platform.ts'

export const start = new Date('2026-03-01T02:00:00.000Z')

/** A clock that stands until it is put forward. */
export const aClock = (): Clock & { forward(seconds: number): void } => {
  let now = start.getTime()
  return {
    now: () => new Date(now),
    forward(seconds) {
      now += seconds * 1000
    },
  }
}

export interface Call {
  service: string
  operation: string
  input: Record<string, unknown>
}

/** An error as a service's API gives it. */
export const anApiError = (name: string, httpStatusCode = 400, message = 'as the service words it'): Error =>
  Object.assign(new Error(message), {
    name,
    $fault: httpStatusCode >= 500 ? 'server' : 'client',
    $metadata: { httpStatusCode },
  })

interface Options {
  clock?: Clock
  /** Service → URL; what has none is answered by `answer`. */
  endpoints?: Record<string, string>
  answer?: (call: Call) => object
  /** Runs once a real endpoint has answered: throwing here is an answer that was lost on its way. */
  afterwards?: (call: Call) => void
  maxAttempts?: number
}

/** A platform with real SDK clients, whose calls are answered at their middleware; `calls` keeps each attempt. */
export const aPlatform = ({ clock = aClock(), endpoints = {}, answer, afterwards, maxAttempts = 1 }: Options = {}) => {
  const calls: Call[] = []
  const attach = (service: string, client: SdkClient) => {
    const middleware =
      (next: (args: unknown) => Promise<unknown>, { commandName = '' }: { commandName?: string }) =>
      async (args: { input: Record<string, unknown> }) => {
        const call = { service, operation: commandName.replace(/Command$/, ''), input: args.input }
        calls.push(call)
        if (endpoints[service]) {
          const output = await next(args)
          afterwards?.(call)
          return output
        }
        if (!answer) throw new Error(`nobody answers ${service} ${call.operation}`)
        return { output: { ...answer(call), $metadata: { httpStatusCode: 200 } }, response: {} }
      }
    client.middlewareStack.add(middleware as never, { step: 'deserialize', priority: 'high', name: 'test' } as never)
  }
  const platform: Platform = {
    environment: {},
    clock,
    newId: () => 'an-id',
    clients: {
      configuration: (service) => ({
        // The SDK's own retries, without their wait.
        retryStrategy: new StandardRetryStrategy({
          maxAttempts,
          backoff: { setDelayBase: () => {}, computeNextBackoffDelay: () => 0 },
        }),
        region: 'eu-central-1',
        credentials: { accessKeyId: 'EXAMPLE', secretAccessKey: 'example' },
        ...(endpoints[service] ? { endpoint: endpoints[service] } : {}),
        ...(service === 's3' ? { forcePathStyle: true } : {}),
      }),
      attach,
    },
  }
  return { platform, calls }
}

/** A platform on which each operation has its answer; one that is missing fails the test. */
export const answering = (answers: Record<string, object | ((call: Call) => object)>) =>
  aPlatform({
    answer: (call) => {
      const answer = answers[call.operation]
      if (!answer) throw new Error(`nobody answers ${call.service} ${call.operation}`)
      if (answer instanceof Error) throw answer
      return typeof answer === 'function' ? answer(call) : answer
    },
  })

export const aFleet = (): Fleet => parseFleet(JSON.parse(readFileSync('fleet.json', 'utf8')))

export const anAgent = (of: Partial<AgentRef> = {}): AgentRef => ({
  account: '111122223333',
  region: 'eu-central-1',
  pool: 'linux-builders',
  id: 'i-0a1b2c3d4e5f60001',
  model: 'ec2',
  ...of,
})

export const aTaskArn = 'arn:aws:ecs:eu-central-1:111122223333:task/ci/0123456789abcdef0123456789abcdef'
export const aContainer = (of: Partial<AgentRef> = {}): AgentRef =>
  anAgent({ pool: 'container-builders', id: aTaskArn, model: 'ecs', ...of })
export const aNode = (of: Partial<AgentRef> = {}): AgentRef =>
  anAgent({ pool: 'plant-deployers', id: 'mi-0a1b2c3d4e5f60718', model: 'hybrid', ...of })

export const aboutAgent = (agent: AgentRef = anAgent()): Subject => ({ kind: 'agent', agent })
export const aboutPool = (pool = 'linux-builders'): Subject => ({
  kind: 'pool',
  account: '111122223333',
  region: 'eu-central-1',
  pool,
})
