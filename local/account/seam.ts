import { StandardRetryStrategy } from '@smithy/core/retry'
import type { ClientSeam, SdkClient } from '../../functions/runtime/platform.ts'
import type { VirtualClock } from '../engine/virtual-clock.ts'
import { attemptUnder, type CallSite, type Interfere, type WireRequest } from '../faults/interference.ts'
import type { Account } from './account.ts'

/** One attempt of a call, as the account's log keeps it. */
export interface CallRecord {
  at: Date
  function: string
  service: string
  operation: string
  outcome: string
}

export interface SeamOptions {
  account: Account
  clock: VirtualClock
  /** Service → URL of what answers it for real; the account answers the rest. */
  endpoints: Record<string, string>
  region: string
  /** The function whose call it is. */
  caller(): string
  record(call: CallRecord): void
  /** Marks the running function as dead, for a fault that ends it. */
  die?(): void
  isDead?(): boolean
  interfere?: Interfere | undefined
  latency?: ((usualMs: number) => number) | undefined
  /** Sees the input of a call that succeeded: how the replay hears of messages. */
  observe(service: string, operation: string, input: Record<string, unknown>): void
}

/** Seconds that a call takes. AWS promises none; these are usual within a region. */
const latencyMs: Record<string, number> = {
  dynamodb: 6,
  s3: 40,
  sns: 25,
  sqs: 12,
  ec2: 120,
  'auto-scaling': 90,
  ssm: 60,
  ecs: 60,
  cloudwatch: 80,
  logs: 110,
  sfn: 30,
}

/** The SDK's standard back-off doubles from its base up to this; half of it stands for the jitter, so that replays are alike. */
const longestBackoffMs = 20_000

/**
 * The SDK's own decisions on retries, with back-off on the virtual clock: the SDK would sleep in real time, so its own delay
 * is nothing and ours follows.
 */
class VirtualRetryStrategy extends StandardRetryStrategy {
  readonly #clock: VirtualClock
  #delayMs = 0
  constructor(maxAttempts: number, clock: VirtualClock) {
    let base = 0
    super({
      maxAttempts,
      backoff: {
        setDelayBase: (delay) => {
          base = delay
        },
        computeNextBackoffDelay: (attempt) => {
          this.#delayMs = Math.min(base * 2 ** attempt, longestBackoffMs) / 2
          return 0
        },
      },
    })
    this.#clock = clock
  }
  override async refreshRetryTokenForRetry(
    ...[token, error]: Parameters<StandardRetryStrategy['refreshRetryTokenForRetry']>
  ) {
    const next = await this.#clock.hold(() => super.refreshRetryTokenForRetry(token, error))
    await this.#clock.sleep(this.#delayMs)
    return next
  }
}

/** Counts the attempts of each operation by each function. */
const siteCounter = () => {
  const counts = new Map<string, number>()
  return (name: string, service: string, operation: string): CallSite => {
    const key = `${name} ${service} ${operation}`
    const nth = (counts.get(key) ?? 0) + 1
    counts.set(key, nth)
    return { function: name, service, operation, nth }
  }
}

interface Args {
  input: Record<string, unknown>
  /** As it goes over the wire: this step comes after serialisation. */
  request: WireRequest
}
type Next = (args: Args) => Promise<unknown>

/**
 * Puts the account behind the SDK's clients, at the deserialize step: below retry and serialisation, so that throttling
 * meets the SDK's own retries and a wrong input its own errors.
 */
export const createSeam = ({
  account,
  clock,
  endpoints,
  region,
  caller,
  record,
  observe,
  die = () => {},
  isDead = () => false,
  interfere,
  latency = (usualMs) => usualMs,
}: SeamOptions): ClientSeam => {
  const countedSite = siteCounter()
  return {
    configuration(service, maxAttempts) {
      return {
        region,
        credentials: { accessKeyId: 'SIMULATED', secretAccessKey: 'simulated' },
        retryStrategy: new VirtualRetryStrategy(maxAttempts, clock),
        ...(endpoints[service]
          ? { endpoint: endpoints[service], ...(service === 's3' ? { forcePathStyle: true } : {}) }
          : {}),
      }
    },
    attach(service, client: SdkClient) {
      const middleware =
        (next: Next, context: { commandName?: string }) =>
        async (args: Args): Promise<unknown> => {
          const operation = (context.commandName ?? '').replace(/Command$/, '')
          const name = caller()
          const settled = (outcome: string) => record({ at: clock.now(), function: name, service, operation, outcome })
          await clock.sleep(latency(latencyMs[service] ?? 50))
          const carryOut = async (): Promise<unknown> =>
            endpoints[service]
              ? clock.hold(async () => {
                  account.admission(service, operation)
                  return next(args)
                })
              : {
                  output: {
                    ...account.call(service, operation, args.input),
                    $metadata: { httpStatusCode: 200, requestId: 'simulated' },
                  },
                  response: {},
                }
          try {
            if (isDead()) return await new Promise<never>(() => {})
            const site = countedSite(name, service, operation)
            const fault = interfere?.({ ...site, input: args.input, request: args.request })
            const answer = await (fault ? attemptUnder(fault, site, carryOut, die) : carryOut())
            settled('ok')
            observe(service, operation, args.input)
            return answer
          } catch (error) {
            settled(error instanceof Error ? error.name : 'error')
            throw error
          }
        }
      client.middlewareStack.add(
        middleware as never,
        { step: 'deserialize', priority: 'high', name: 'simulatedAccount' } as never,
      )
    },
  }
}
