import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { dynamoControlStore } from '../../functions/aws/control-store.ts'
import { dynamoTable } from '../../functions/aws/table.ts'
import type { Platform } from '../../functions/runtime/platform.ts'
import { createAccount } from '../account/account.ts'
import { type CallRecord, createSeam } from '../account/seam.ts'
import { startStack } from '../account/stack.ts'
import type { Definition } from '../engine/definition.ts'
import { createEngine, type Engine } from '../engine/engine.ts'
import type { EngineEvent } from '../engine/events.ts'
import type { Execution } from '../engine/execution.ts'
import { createVirtualClock } from '../engine/virtual-clock.ts'
import type { World } from '../fleet/world.ts'
import { type Answer, decideThrough } from './decision.ts'
import { asFunction, createInvoker, currentFunction } from './invoker.ts'
import { repository, type Scenario } from './scenario.ts'

export interface SentMessage {
  at: Date
  topic: string
  subject: string
  body: string
  attributes: Record<string, string>
  chat: string
}

/** What a replay leaves: all of it out of the real handlers and the real state machine. */
export interface Replayed {
  executions: Execution[]
  events: EngineEvent[]
  calls: CallRecord[]
  messages: SentMessage[]
  reports: Record<string, string>
  rejected: string[]
  transitions: number
}

export interface ReplayOptions {
  /** Who answers a gate; the scenario's own decision without it. */
  decision?: World['decision']
  /** Asks a person instead; the clock stands meanwhile. */
  ask?: (message: SentMessage) => Promise<Answer>
  realTime?: boolean
  onEvent?(event: EngineEvent): void
  onMessage?(message: SentMessage): void
}

/** An event whose account, region or time make no sense is still replayed: OpenIncident is to say so. */
const textOr = (value: unknown, pattern: RegExp, otherwise: string): string =>
  typeof value === 'string' && pattern.test(value) ? value : otherwise
const startOf = (time: unknown): Date => {
  const at = typeof time === 'string' ? new Date(time) : undefined
  return at && !Number.isNaN(at.getTime()) ? at : new Date('2026-01-15T02:00:00Z')
}

export const definition = (): Definition =>
  JSON.parse(readFileSync(join(repository, 'state-machines/remediate.asl.json'), 'utf8')) as Definition

/** Replays a scenario through the state machine and the handlers on the embedded account. */
export const replay = async (
  { event, world, fleet, fleetFile, name }: Scenario,
  options: ReplayOptions = {},
): Promise<Replayed> => {
  const account = textOr(event['account'], /^\d{12}$/, '111122223333')
  const region = textOr(event['region'], /^[a-z]{2}-[a-z]+-\d$/, 'eu-central-1')
  const eventAt = startOf(event['time'])
  const clock = createVirtualClock({ start: eventAt, realTime: options.realTime ?? false })
  const stack = await startStack(account, region)
  let engine: Engine | undefined
  const calls: CallRecord[] = []
  const messages: SentMessage[] = []
  const reports: Record<string, string> = {}
  const gates: Promise<void>[] = []

  const simulated = createAccount({ fleet, world, clock, eventAt, account, region, workflow: () => engine as Engine })
  const observe = (service: string, operation: string, input: Record<string, unknown>): void => {
    if (service === 's3' && operation === 'PutObject') reports[String(input['Key'])] = String(input['Body'])
    if (service !== 'sns' || operation !== 'Publish') return
    const message = messageOf(input, clock.now())
    messages.push(message)
    options.onMessage?.(message)
    if (message.topic === 'approvals') gates.push(answerGate(message))
  }
  let ids = 0
  const platform: Platform = {
    environment: { ...stack.environment, FLEET_FILE: fleetFile, LOG_LEVEL: 'SILENT' },
    clock,
    newId: () => {
      ids += 1
      return `id-${ids}`
    },
    clients: createSeam({
      account: simulated,
      clock,
      endpoints: stack.endpoints,
      region,
      caller: currentFunction,
      record: (call) => calls.push(call),
      observe,
    }),
  }
  const invoke = createInvoker(platform, clock)
  const events: EngineEvent[] = []
  const running = createEngine({
    definition: definition(),
    name: 'agent-medic-remediate',
    clock,
    region,
    account,
    invoke: ({ functionName, payload }) => invoke(functionName, payload),
  })
  engine = running
  running.onEvent((each) => {
    events.push(each)
    options.onEvent?.(each)
  })

  /** A person, or the scenario in a person's place, answers through the decision function; nothing else decides. */
  const answerGate = async (message: SentMessage): Promise<void> => {
    const decision = options.decision ?? world.decision
    const answer: Answer | undefined = options.ask
      ? await clock.hold(() => (options.ask as NonNullable<typeof options.ask>)(message))
      : decision && decision.kind !== 'expire'
        ? { verdict: decision.kind, by: decision.by, ...(decision.reason ? { reason: decision.reason } : {}) }
        : undefined
    if (!answer) return
    if (!options.ask && decision) await clock.sleep(decision.afterSeconds * 1000)
    await decideThrough(invoke, message, answer)
  }

  try {
    const { control } = world
    if (control)
      await asFunction(platform, 'replay', () =>
        dynamoControlStore(dynamoTable(platform, stack.environment['TABLE_NAME'] ?? '')).setMode({
          ...control,
          setAt: eventAt.toISOString(),
        }),
      )
    const deliver = async (afterSeconds: number, index: number): Promise<Execution> => {
      await clock.sleep(afterSeconds * 1000)
      // EventBridge names each delivery's execution anew.
      return running.startExecution({
        name: `${name.replace(/[^A-Za-z0-9-]/g, '-').slice(0, 60)}-${index + 1}`,
        input: event,
      }).finished
    }
    const executions = await clock.until(Promise.all(world.deliveries.map(deliver)))
    await Promise.race([Promise.allSettled(gates), clock.whenIdle()])
    const transitions = executions.reduce((sum, { executionArn }) => sum + running.stateTransitions(executionArn), 0)
    return { executions, events, calls, messages, reports, rejected: stack.rejectedEvents(), transitions }
  } finally {
    await running.close()
    clock.stop()
    await stack.stop()
  }
}

const messageOf = (input: Record<string, unknown>, at: Date): SentMessage => {
  const forms = JSON.parse(String(input['Message'])) as { default: string; https: string }
  const attributes = (input['MessageAttributes'] ?? {}) as Record<string, { StringValue?: string }>
  return {
    at,
    topic: String(input['TopicArn']).split(':agent-medic-').at(-1) ?? '',
    subject: String(input['Subject']),
    body: forms.default,
    attributes: Object.fromEntries(
      Object.entries(attributes).map(([key, { StringValue }]) => [key, StringValue ?? '']),
    ),
    chat: forms.https,
  }
}
