import { replay } from '../replay/replay.ts'
import type { Scenario } from '../replay/scenario.ts'
import {
  type Attempt,
  type CallSite,
  type FaultKind,
  faultKinds,
  type Interfere,
  interfereAt,
  mayBeEmpty,
  type WireRequest,
} from './interference.ts'
import { type Violation, violationsOf } from './invariants.ts'

/** One run: a scenario in which one fault befalls one call, or one execution is stopped between two states. */
export type FaultRun =
  | { scenario: string; site: CallSite; kind: FaultKind }
  | { scenario: string; stopAfter: number; kind: 'stop-execution' }

export interface Judged {
  violations: Violation[]
  /** False when the fault's place was not reached: the run then shows nothing. */
  reached: boolean
}

/** The sweep runs on for so long, past the end of a gate that expires: leases and slots that nobody frees are still held then. */
const sweepMinutes = 90

/** `npm run bench -- faults --repeat` takes a run in this form. */
export const nameOf = (run: FaultRun): string =>
  'site' in run
    ? `${run.scenario}/${run.site.function}/${run.site.service}/${run.site.operation}/${run.site.nth}/${run.kind}`
    : `${run.scenario}/stop/${run.stopAfter}`

/** The run that a name stands for; undefined when it is none. */
export const runNamed = (name: string): FaultRun | undefined => {
  const [scenario = '', caller = '', service = '', operation = '', nth = '', kind = ''] = name.split('/')
  if (caller === 'stop' && /^\d+$/.test(service))
    return { scenario, stopAfter: Number(service), kind: 'stop-execution' }
  const known = faultKinds.find((each) => each === kind)
  return known && /^\d+$/.test(nth)
    ? { scenario, site: { function: caller, service, operation, nth: Number(nth) }, kind: known }
    : undefined
}

/** An unfenced medic, for the proof that the harness sees: each intent is written, whoever holds the lease and whatever stands there. */
const withoutFence = ({ service, operation, input, request }: Attempt): void => {
  const values = (input['ExpressionAttributeValues'] ?? {}) as Record<string, Marshalled>
  if (service !== 'dynamodb' || operation !== 'UpdateItem' || !values[':intent']) return
  const wire = JSON.parse(bodyOf(request)) as Record<string, unknown>
  // Names and values that nothing refers to are refused: the condition stays, and always holds.
  wire['ConditionExpression'] = `(${String(wire['ConditionExpression'])}) OR attribute_exists(pk)`
  request.body = JSON.stringify(wire)
  request.headers['content-length'] = String(Buffer.byteLength(String(request.body)))
}
const bodyOf = ({ body }: WireRequest): string =>
  typeof body === 'string' ? body : Buffer.from(body as Uint8Array).toString('utf8')

const sweeping = (scenario: Scenario): Scenario => ({
  ...scenario,
  world: { ...scenario.world, sweepMinutes: Math.max(scenario.world.sweepMinutes, sweepMinutes) },
})

export interface JudgeOptions {
  /** Takes the fence out, for the proof that the harness sees. */
  unfenced?: boolean
  /** Draws how long a call takes, and the jitter of retries. */
  latency?: (usualMs: number) => number
  random?: () => number
}

/** Replays the scenario under a fault and judges what is left. */
export const judge = async (scenario: Scenario, run?: FaultRun, options: JudgeOptions = {}): Promise<Judged> => {
  const intents = new Map<string, Set<string>>()
  let reached = run === undefined
  const fault: Interfere = run && 'site' in run ? interfereAt(run.site, run.kind) : () => undefined
  const interfere: Interfere = (attempt) => {
    noteIntent(attempt, intents)
    if (options.unfenced) withoutFence(attempt)
    const found = fault(attempt)
    if (found) reached = true
    return found
  }
  let states = 0
  const replayed = await replay(sweeping(scenario), {
    inspect: true,
    ...(options.latency ? { latency: options.latency } : {}),
    ...(options.random ? { random: options.random } : {}),
    interfere,
    stopAt({ type, executionArn }) {
      if (!run || 'site' in run || type !== 'StateExited' || !executionArn.includes(':agent-medic-remediate:'))
        return false
      states += 1
      if (states !== run.stopAfter) return false
      reached = true
      return true
    },
  })
  if (!replayed.left) throw new Error('faults are injected into the embedded account alone')
  return { reached, violations: violationsOf({ replayed, ...replayed.left, intents, shut: shutBy(scenario, run) }) }
}

/** The intents as they are written, read off the table's own calls. */
const noteIntent = ({ service, operation, input }: Attempt, intents: Map<string, Set<string>>): void => {
  if (service !== 'dynamodb' || operation !== 'UpdateItem') return
  const values = (input['ExpressionAttributeValues'] ?? {}) as Record<string, Marshalled>
  const names = (input['ExpressionAttributeNames'] ?? {}) as Record<string, string>
  const kind = values[':intent']?.M?.['kind']?.S
  if (!kind) return
  const { pk } = (input['Key'] ?? {}) as Record<string, Marshalled>
  const key = `${kind} ${pk?.S?.split('#').at(-1) ?? ''}`
  intents.set(key, (intents.get(key) ?? new Set()).add(names['#action'] ?? ''))
}

/** An attribute as it is on the wire. */
interface Marshalled {
  S?: string
  M?: Record<string, Marshalled>
}

/** What a fault that lasts keeps shut: there a failed execution and its alarm are the channel that is left. */
const shutBy = ({ world }: Scenario, run: FaultRun | undefined) => {
  const lasts = run && 'site' in run && ['throttle', 'time-out', 'deny'].includes(run.kind)
  const own = world.apiFaults.filter(({ times }) => times === undefined).map(({ service }) => service)
  const services = [...own, ...(run && 'site' in run && lasts ? [run.site.service] : [])]
  return { messages: services.includes('sns'), table: services.includes('dynamodb'), queue: services.includes('sqs') }
}

/** Every run of a scenario: each fault at each call that a clean replay makes, and a stop after each state. */
export const runsOf = async (scenario: Scenario): Promise<FaultRun[]> => {
  const sites = new Map<string, CallSite[]>()
  let states = 0
  await replay(scenario, {
    interfere: ({ input: _, request: __, ...site }) => {
      // What a person does by his own hand is no call of the medic's.
      if (site.function === 'replay') return undefined
      const key = `${site.function} ${site.service} ${site.operation}`
      sites.set(key, [...(sites.get(key) ?? []), site])
      return undefined
    },
    stopAt({ type, executionArn }) {
      if (type === 'StateExited' && executionArn.includes(':agent-medic-remediate:')) states += 1
      return false
    },
  })
  const faults = [...sites.values()]
    .flatMap(distinct)
    .flatMap((site) =>
      faultKinds
        .filter((kind) => kind !== 'empty' || mayBeEmpty(site))
        .map((kind): FaultRun => ({ scenario: scenario.name, site, kind })),
    )
  const stops = Array.from(
    { length: states },
    (_, index): FaultRun => ({ scenario: scenario.name, stopAfter: index + 1, kind: 'stop-execution' }),
  )
  return [...faults, ...stops]
}

const polls = /^(Describe|Get|List|Filter)/
/** Of a read that is polled, the first, the second and the last call stand for all: those between differ in nothing. */
const distinct = (calls: CallSite[]): CallSite[] => {
  const last = calls.at(-1)
  const [first] = calls
  if (!first || !last || calls.length <= 3 || !polls.test(first.operation) || first.service === 'dynamodb') return calls
  return [...calls.slice(0, 2), last]
}
