import * as z from 'zod/mini'
import { parse } from '../../functions/domain/parse.ts'

/** What is wrong with an agent. Each kind changes the model; nothing but the right action changes it back. */
export const fault = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('service-stopped') }),
  z.strictObject({ kind: z.literal('service-will-not-start'), forGood: z._default(z.boolean(), false) }),
  /** It starts and ends again some time later, until its package is installed anew. */
  z.strictObject({ kind: z.literal('service-dies-again'), afterSeconds: z.int() }),
  /** The agent logs this, and runs on. */
  z.strictObject({ kind: z.literal('log-line'), message: z.string() }),
  z.strictObject({ kind: z.literal('agent-hung') }),
  z.strictObject({ kind: z.literal('config-corrupt') }),
  z.strictObject({ kind: z.literal('memory-exhausted') }),
  z.strictObject({ kind: z.literal('disk-full'), removable: z._default(z.boolean(), true) }),
  z.strictObject({ kind: z.literal('clock-skew'), seconds: z.number() }),
  z.strictObject({ kind: z.literal('ssm-agent-dead'), untilBoot: z._default(z.boolean(), true) }),
  z.strictObject({ kind: z.literal('instance-impaired'), check: z._default(z.enum(['system', 'instance']), 'system') }),
  z.strictObject({ kind: z.literal('instance-profile-missing'), credentialsLeftSeconds: z._default(z.int(), 3600) }),
  z.strictObject({ kind: z.literal('stopped-on-purpose') }),
  z.strictObject({ kind: z.literal('task-out-of-memory') }),
])
export type Fault = z.infer<typeof fault>

const agent = z.strictObject({
  pool: z.string(),
  id: z.string(),
  /** Faults began this long before the event. */
  faultSecondsBefore: z._default(z.int().check(z.nonnegative()), 600),
  faults: z._default(z.array(fault), []),
})

const apiFault = z.strictObject({
  service: z.string(),
  operation: z.string(),
  kind: z.enum(['throttle', 'deny', 'timeout', 'error']),
  /** How many calls it befalls; without it, every one. */
  times: z.optional(z.int().check(z.positive())),
  /** From when on and for how long after the event, in seconds; without them, always. */
  fromSeconds: z._default(z.int(), Number.MIN_SAFE_INTEGER),
  untilSeconds: z._default(z.int(), Number.MAX_SAFE_INTEGER),
})
export type ApiFault = z.infer<typeof apiFault>

const group = z.strictObject({
  name: z.string(),
  min: z.int(),
  max: z.int(),
  desired: z.int(),
  /** The group's replacement of unhealthy members is suspended (a scaling process that people suspend). */
  replacesUnhealthy: z._default(z.boolean(), true),
  /** Members that it launches come up with this fault: a bad image. */
  launchesWith: z._default(z.array(fault), []),
})

const decision = z.strictObject({
  kind: z.enum(['approve', 'reject', 'expire']),
  by: z._default(z.string(), 'arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_OnCall_0123456789abcdef/on-call'),
  afterSeconds: z._default(z.int(), 120),
  reason: z.optional(z.string()),
})

/** The simulated account of a scenario: its agents, what is wrong with them, and what people do meanwhile. */
export const world = z.strictObject({
  description: z.string(),
  agents: z.array(agent),
  groups: z._default(z.array(group), []),
  apiFaults: z._default(z.array(apiFault), []),
  /** The mode as a person sets it at the event or later, with what `npm run mode` does. */
  modes: z._default(
    z.array(
      z.strictObject({
        afterSeconds: z.int(),
        mode: z.enum(['act', 'observe', 'off']),
        reason: z.string(),
        by: z.string(),
        forSeconds: z.optional(z.int()),
      }),
    ),
    [],
  ),
  control: z.optional(z.strictObject({ mode: z.enum(['act', 'observe', 'off']), reason: z.string(), by: z.string() })),
  /** What happens by other hands, in seconds after the event. */
  timeline: z._default(
    z.array(
      z.strictObject({
        afterSeconds: z.int(),
        agent: z.string(),
        change: z.enum(['service-started', 'clock-corrected']),
      }),
    ),
    [],
  ),
  /** What a person says to each gate; several people where there are several. */
  decision: z.optional(decision),
  decisions: z._default(z.array(decision), []),
  /** The same event about other agents: a storm, or a second agent under the same trouble. */
  alike: z._default(z.array(z.strictObject({ afterSeconds: z.number(), agent: z.string() })), []),
  /** Change Calendars of the account, and when after the event they are closed. */
  calendars: z._default(
    z.array(
      z.strictObject({
        name: z.string(),
        closed: z._default(z.array(z.strictObject({ fromSeconds: z.int(), untilSeconds: z.int() })), []),
      }),
    ),
    [],
  ),
  /** For how long after the event the five-minute sweep runs. */
  sweepMinutes: z._default(z.int().check(z.nonnegative()), 0),
  /** Seconds after the event of each delivery of it. */
  deliveries: z._default(z.array(z.number().check(z.nonnegative())), [0]),
})
export type World = z.infer<typeof world>

/** Reads a world.json. Throws with every problem, each with its path. */
export const parseWorld = (json: unknown, file: string): World => {
  const parsed = parse(world, json)
  if (!parsed.ok) throw new Error(`${file}: ${parsed.problems.join('; ')}`)
  return parsed.value
}
