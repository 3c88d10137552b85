import { denied, throttled, timedOut } from '../account/errors.ts'

/** What may befall one attempt of a call, or the function that makes it. */
export const faultKinds = [
  'throttle-once',
  'throttle',
  'time-out-once',
  'time-out',
  'answer-lost',
  'deny',
  'empty',
  'twice',
  'die-before',
  'die-after',
] as const
export type FaultKind = (typeof faultKinds)[number]

/** One place in the code: the n-th call that a function makes of an operation, over the whole run. */
export interface CallSite {
  function: string
  service: string
  operation: string
  /** From 1; attempts of the SDK's own retries count. */
  nth: number
}

/** What goes over the wire. */
export interface WireRequest {
  body?: unknown
  headers: Record<string, string>
}

export interface Attempt extends CallSite {
  input: Record<string, unknown>
  request: WireRequest
}

/** Decides what befalls an attempt; undefined lets it be. */
export type Interfere = (attempt: Attempt) => FaultKind | undefined

const never = new Promise<never>(() => {})

/** Reads that may answer nothing: all but the table's strongly consistent GetItem, which on AWS never forgets an item. */
export const mayBeEmpty = ({ service, operation }: CallSite): boolean =>
  /^(Describe|List|Filter|Query|GetMetricData|GetConsoleOutput)/.test(operation) && service !== 'sfn'

const emptied = (answer: unknown): unknown => {
  const { output, ...rest } = answer as { output: Record<string, unknown> }
  const hollow = Object.fromEntries(
    Object.entries(output).flatMap(([key, value]): [string, unknown][] => {
      if (key === '$metadata') return [[key, value]]
      if (Array.isArray(value)) return [[key, []]]
      return key === 'Count' || key === 'ScannedCount' ? [[key, 0]] : []
    }),
  )
  return { ...rest, output: hollow }
}

/** Makes an attempt under a fault. `die` marks the function as dead: nothing of it runs any further. */
export const attemptUnder = async (
  kind: FaultKind,
  { service, operation }: CallSite,
  carryOut: () => Promise<unknown>,
  die: () => void,
): Promise<unknown> => {
  switch (kind) {
    case 'throttle-once':
    case 'throttle':
      throw throttled(service)
    case 'time-out-once':
    case 'time-out':
      throw timedOut(operation)
    case 'deny':
      throw denied(service, operation)
    case 'answer-lost':
      await carryOut()
      throw timedOut(operation)
    case 'empty':
      return emptied(await carryOut())
    case 'twice': {
      const first = await carryOut()
      // The network delivered the request once more; nobody hears its second answer.
      await carryOut().catch(() => undefined)
      return first
    }
    case 'die-before':
      die()
      return never
    case 'die-after':
      await carryOut()
      die()
      return never
  }
}

const lasting: ReadonlySet<FaultKind> = new Set(['throttle', 'time-out', 'deny'])

/** Interferes at one site: with its n-th attempt, or, for faults that last, with that one and all that follow. */
export const interfereAt =
  (site: CallSite, kind: FaultKind): Interfere =>
  (attempt) => {
    const same =
      attempt.function === site.function && attempt.service === site.service && attempt.operation === site.operation
    if (!same) return undefined
    return attempt.nth === site.nth || (lasting.has(kind) && attempt.nth > site.nth) ? kind : undefined
  }
