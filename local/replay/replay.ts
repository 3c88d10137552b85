import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { dynamoControlStore } from '../../functions/aws/control-store.ts'
import { dynamoTable } from '../../functions/aws/table.ts'
import { addSeconds } from '../../functions/domain/time.ts'
import type { ClientSeam, Platform } from '../../functions/runtime/platform.ts'
import { type Account, createAccount } from '../account/account.ts'
import { authorizer } from '../account/iam/authorizer.ts'
import { type SynthesisedPolicies, synthesisedPolicies } from '../account/iam/synthesised.ts'
import { type CallRecord, createSeam } from '../account/seam.ts'
import { startStack } from '../account/stack.ts'
import type { AccountState } from '../account/state.ts'
import type { Definition } from '../engine/definition.ts'
import { createEngine, type Engine } from '../engine/engine.ts'
import type { EngineEvent } from '../engine/events.ts'
import type { Execution } from '../engine/execution.ts'
import { createVirtualClock, type VirtualClock } from '../engine/virtual-clock.ts'
import type { Interfere } from '../faults/interference.ts'
import type { World } from '../fleet/world.ts'
import { type Answer, decideThrough } from './decision.ts'
import { createEndpointSeam } from './endpoint.ts'
import { invokeAsynchronously, statusChangeOf } from './execution-ended.ts'
import { asFunction, createInvoker, currentFunction, isCurrentFunctionDead, killCurrentFunction } from './invoker.ts'
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
  /** Executions of the workflow: those of the deliveries first, then those that the sweep started. */
  executions: Execution[]
  delivered: number
  sweeps: Execution[]
  events: EngineEvent[]
  calls: CallRecord[]
  messages: SentMessage[]
  reports: Record<string, string>
  rejected: string[]
  left?: { items: Record<string, unknown>[]; state: AccountState; at: Date } | undefined
  /** What could not be delivered to a function, with its last error. */
  deadLetters: string[]
  transitions: number
}

export interface ReplayOptions {
  /** Who answers a gate; the scenario's own decision without it. */
  decision?: World['decision']
  /** Asks a person instead; the clock stands meanwhile. */
  ask?: (message: SentMessage) => Promise<Answer | undefined>
  realTime?: boolean
  /** What befalls each call; without it the scenario's own faults alone. */
  interfere?: Interfere
  /** Sees each event of the engines and may stop its execution, as StopExecution does. */
  stopAt?(event: EngineEvent): boolean
  /** How long a call takes, from what is usual; and what decides the jitter of retries. Without them runs are alike. */
  latency?(usualMs: number): number
  random?(): number
  /** Policies of the functions, in place of those that the stack synthesises. */
  policies?: SynthesisedPolicies
  /** Lets the functions log, to the process's own output. */
  logs?: boolean
  /** Keeps what is left in the table and in the world, for whoever judges the run. */
  inspect?: boolean
  /** Settings of the functions at the user's endpoint, as `admitEndpoint` answers them. */
  endpoint?: Record<string, string>
  onEvent?(event: EngineEvent): void
  onMessage?(message: SentMessage): void
}

/** An event whose account, region or time make no sense is still replayed: OpenIncident is to say so. */
const textOr = (value: unknown, pattern: RegExp, otherwise: string): string =>
  typeof value === 'string' && pattern.test(value) ? value : otherwise
const placeOf = (event: Scenario['event']) => ({
  account: textOr(event['account'], /^\d{12}$/, '111122223333'),
  region: textOr(event['region'], /^[a-z]{2}-[a-z]+-\d$/, 'eu-central-1'),
})
const startOf = (time: unknown): Date => {
  const at = typeof time === 'string' ? new Date(time) : undefined
  return at && !Number.isNaN(at.getTime()) ? at : new Date('2026-01-15T02:00:00Z')
}

export const definition = (name: 'remediate' | 'sweep' = 'remediate'): Definition =>
  JSON.parse(readFileSync(join(repository, `state-machines/${name}.asl.json`), 'utf8')) as Definition

/** Where the calls go: the embedded account, or an endpoint of the user's. */
interface Backend {
  environment: Record<string, string>
  seam(hooks: Hooks): ClientSeam
  rejected(): string[]
  /** What is in the table and in the world; of the embedded account alone. */
  left?(): Promise<{ items: Record<string, unknown>[]; state: AccountState }>
  stop(): Promise<void>
}
interface Hooks {
  clock: VirtualClock
  workflow(): Engine
  record(call: CallRecord): void
  observe(service: string, operation: string, input: Record<string, unknown>): void
  interfere: Interfere | undefined
  latency: ((usualMs: number) => number) | undefined
}

const embedded = async ({ event, world, fleet }: Scenario, { policies: given }: ReplayOptions): Promise<Backend> => {
  const { account, region } = placeOf(event)
  const [stack, policies] = await Promise.all([
    startStack(account, region),
    given ?? synthesisedPolicies(fleet, { account, region }),
  ])
  let simulated: Account | undefined
  return {
    environment: stack.environment,
    seam({ clock, workflow, record, observe, interfere, latency }) {
      simulated = createAccount({
        fleet,
        world,
        clock,
        eventAt: startOf(event['time']),
        account,
        region,
        workflow,
      })
      const { state } = simulated
      const authorize = authorizer(policies, { account, region, fleet, state })
      return createSeam({
        account: simulated,
        authorize,
        clock,
        endpoints: stack.endpoints,
        region,
        caller: currentFunction,
        record,
        observe,
        interfere,
        latency,
        die: killCurrentFunction,
        isDead: isCurrentFunctionDead,
      })
    },
    async left() {
      if (!simulated) throw new Error('the account is made with the first client')
      return { items: await stack.items(), state: simulated.state }
    },
    rejected: stack.rejectedEvents,
    stop: stack.stop,
  }
}

/** What is rejected there lies in the queue there. */
const atEndpoint = (environment: Record<string, string>): Backend => ({
  environment,
  seam: (hooks) => createEndpointSeam({ ...hooks, caller: currentFunction }),
  rejected: () => [],
  stop: async () => {},
})

/** Replays a scenario through the state machine and the handlers; on the embedded account unless an endpoint is given. */
export const replay = async (scenario: Scenario, options: ReplayOptions = {}): Promise<Replayed> => {
  const { event, world, fleetFile, name } = scenario
  const { account, region } = placeOf(event)
  const realTime = options.realTime === true || options.endpoint !== undefined
  const clock = createVirtualClock({ start: options.endpoint ? new Date() : startOf(event['time']), realTime })
  const backend = options.endpoint ? atEndpoint(options.endpoint) : await embedded(scenario, options)
  const calls: CallRecord[] = []
  const messages: SentMessage[] = []
  const reports: Record<string, string> = {}
  const gates: Promise<void>[] = []
  const deadLetters: string[] = []
  const events: EngineEvent[] = []

  const observe = (service: string, operation: string, input: Record<string, unknown>): void => {
    if (service === 's3' && operation === 'PutObject') reports[String(input['Key'])] = String(input['Body'])
    if (service !== 'sns' || operation !== 'Publish') return
    const message = messageOf(input, clock.now())
    messages.push(message)
    options.onMessage?.(message)
    if (message.topic === 'approvals') gates.push(answerGate(message))
  }
  const platform: Platform = {
    environment: {
      ...backend.environment,
      FLEET_FILE: fleetFile,
      LOG_LEVEL: options.logs ? 'INFO' : 'SILENT',
      REMEDIATE_STATE_MACHINE_ARN: `arn:aws:states:${region}:${account}:stateMachine:agent-medic-remediate`,
    },
    clock,
    newId: randomUUID,
    clients: backend.seam({
      clock,
      workflow: () => engine,
      record: (call) => calls.push(call),
      observe,
      interfere: options.interfere,
      latency: options.latency,
    }),
  }
  const invoke = createInvoker(platform, clock)
  const engine: Engine = createEngine({
    definition: definition(),
    name: 'agent-medic-remediate',
    clock,
    region,
    account,
    ...(options.random ? { random: options.random } : {}),
    invoke: ({ functionName, payload }) => invoke(functionName, payload),
  })
  const sweeping: Engine = createEngine({
    definition: definition('sweep'),
    name: 'agent-medic-sweep',
    clock,
    region,
    account,
    ...(options.random ? { random: options.random } : {}),
    invoke: ({ functionName, payload }) => invoke(functionName, payload),
  })
  /** What follows a dead execution by rule: the closing of its incident. */
  const closings: Promise<void>[] = []
  for (const each of [engine, sweeping])
    each.onEvent((told) => {
      events.push(told)
      options.onEvent?.(told)
      if (options.stopAt?.(told)) each.stopExecution(told.executionArn, undefined, 'stopped by a person')
      if (each === engine && /^Execution(Failed|TimedOut|Aborted)$/.test(told.type)) {
        const ended = statusChangeOf(engine.describeExecution(told.executionArn), { account, region })
        closings.push(invokeAsynchronously(invoke, 'close-incident', ended, clock, deadLetters))
      }
    })

  /** A person, or the scenario in a person's place, answers through the decision function; nothing else decides. */
  const answerGate = async (message: SentMessage): Promise<void> => {
    const { ask } = options
    const decisions = options.decision ? [options.decision] : world.decision ? [world.decision] : world.decisions
    if (ask) {
      const answer = await clock.hold(() => ask(message))
      if (answer) await decideThrough(invoke, message, answer)
      return
    }
    await Promise.all(
      decisions.map(async ({ kind, by, afterSeconds, reason }) => {
        if (kind === 'expire') return
        await clock.sleep(afterSeconds * 1000)
        await persist({ verdict: kind, by, ...(reason ? { reason } : {}) })
      }),
    )

    /** A person whose command failed tries again; whoever never gets through leaves the gate to expire. */
    async function persist(answer: Answer): Promise<void> {
      for (let tries = 1; ; tries += 1)
        try {
          return await decideThrough(invoke, message, answer)
        } catch (error) {
          if (tries === 5) return void deadLetters.push(`decision: ${String(error)}`)
          await clock.sleep(60_000)
        }
    }
  }

  const deliver = async (what: unknown, afterSeconds: number, index: number): Promise<Execution> => {
    await clock.sleep(afterSeconds * 1000)
    // EventBridge names each delivery's execution anew.
    const execution = `${name.replace(/[^A-Za-z0-9-]/g, '-').slice(0, 60)}-${index + 1}`
    return engine.startExecution({ name: execution, input: what }).finished
  }

  const sweep = async (): Promise<void> => {
    for (let minute = 5; minute <= world.sweepMinutes; minute += 5) {
      await clock.sleep(300_000)
      const time = clock
        .now()
        .toISOString()
        .replace(/\.\d{3}Z$/, 'Z')
      // The engine keeps it; an execution of the workflow that it starts runs beside it.
      void sweeping.startExecution({ name: `sweep-${minute}`, input: { time } })
    }
  }

  /** Nothing runs any more, and what a dead execution left was closed. */
  const settled = async (): Promise<void> => {
    for (let seen = -1; seen !== closings.length; ) {
      seen = closings.length
      const running = [...engine.listExecutions(), ...sweeping.listExecutions()].filter(
        ({ status }) => status === 'RUNNING',
      )
      await Promise.all([...closings, ...running.map(({ executionArn }) => finishedOf(executionArn))])
      if (running.length > 0) seen = -1
    }
  }
  const finishedOf = (arn: string): Promise<unknown> =>
    (arn.includes(':agent-medic-sweep:') ? sweeping : engine).whenFinished(arn)

  try {
    const asPerson = <T>(work: () => Promise<T>) => asFunction(platform, 'replay', work)
    const setMode = ({ mode, reason, by, forSeconds }: Omit<World['modes'][number], 'afterSeconds'>) =>
      asPerson(() =>
        dynamoControlStore(dynamoTable(platform, backend.environment['TABLE_NAME'] ?? ''), clock).setMode({
          mode,
          reason,
          by,
          setAt: clock.now().toISOString(),
          expiresAt: forSeconds ? addSeconds(clock.now(), forSeconds).toISOString() : null,
        }),
      )
    const { control } = world
    if (control && !options.endpoint) await setMode(control)
    const modes = world.modes.map(async ({ afterSeconds, ...setting }) => {
      await clock.sleep(afterSeconds * 1000)
      await setMode(setting)
    })
    const deliveries = [
      ...world.deliveries.map((afterSeconds) => ({ what: event, afterSeconds })),
      ...world.alike.map(({ afterSeconds, agent }) => ({ what: about(event, world, agent), afterSeconds })),
    ]
    await clock.until(
      Promise.all([
        ...deliveries.map(({ what, afterSeconds }, index) => deliver(what, afterSeconds, index)),
        ...modes,
        sweep(),
      ]),
    )
    await clock.until(settled())
    await Promise.race([Promise.allSettled(gates), clock.whenIdle()])
    const executions = engine.listExecutions()
    const transitions = executions.reduce((sum, { executionArn }) => sum + engine.stateTransitions(executionArn), 0)
    return {
      executions,
      delivered: deliveries.length,
      sweeps: sweeping.listExecutions(),
      events,
      calls,
      messages,
      reports,
      rejected: backend.rejected(),
      deadLetters,
      transitions,
      ...(options.inspect && backend.left ? { left: { ...(await backend.left()), at: clock.now() } } : {}),
    }
  } finally {
    await Promise.all([engine.close(), sweeping.close()])
    clock.stop()
    await backend.stop()
  }
}

/** The same event about another agent, with an id of its own. */
const about = (event: Scenario['event'], { agents }: World, agent: string): unknown => {
  const [first] = agents
  const text = JSON.stringify({ ...event, id: `${String(event['id'])}-${agent}` })
  return JSON.parse(first ? text.replaceAll(first.id, agent) : text)
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
