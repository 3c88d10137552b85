import * as z from 'zod/mini'
import { subject } from './agent.ts'

export const signalKind = z.enum([
  'metric-alarm',
  'composite-alarm',
  'heartbeat-missing',
  'alarm-cleared',
  'access-denied',
  'instance-state-changed',
  'instance-stop-called',
  'instance-profile-removed',
  'instance-profile-replaced',
  'spot-interruption',
  'rebalance-recommended',
  'instance-leaving',
  'instance-launch-failed',
  'instance-terminate-failed',
  'ecs-task-stopped',
  'ecs-service-impaired',
  'ecs-deployment-failed',
  'ecs-change-called',
  'build-failed',
  'pipeline-failed',
  'deployment-failed',
  'command-failed',
  'association-failed',
  'node-deregistered',
  'permission-changed',
  'network-changed',
  'parameter-changed',
  'build-project-changed',
  'compliance-lost',
  'health-issue',
  'health-scheduled-change',
])
export type SignalKind = z.infer<typeof signalKind>

/**
 * Kinds that are told to people and never acted upon: what they tell of is not broken yet, or its owner is taking it away,
 * and a repair of either would only add to the trouble.
 */
export const earlyWarnings: ReadonlySet<SignalKind> = new Set([
  'spot-interruption',
  'rebalance-recommended',
  'instance-leaving',
  'compliance-lost',
  'health-scheduled-change',
])

/** Kinds that tell of something done, which stands even while the agent works still: that it works is no all-clear. */
export const standingFacts: ReadonlySet<SignalKind> = new Set([
  'access-denied',
  'instance-profile-replaced',
  'node-deregistered',
  'health-issue',
])

/** What an event says, in our words. Text from outside (alarm names, reasons) is data: never run, never trusted. */
export const signal = z.object({
  /** Id of the raw event: the same for each delivery of it. */
  eventId: z.string(),
  kind: signalKind,
  subject,
  /** When it happened, by the event. ISO 8601. */
  at: z.iso.datetime({ offset: true }),
  /** The event's source, such as `aws.cloudwatch`. */
  source: z.string(),
  /** One sentence for a person: what was seen. At most 500 characters, no control characters. */
  summary: z.string().check(z.maxLength(500)),
  /** Alarm name, state reason, caller and the like, as far as the event tells them; each at most 1,000 characters. */
  details: z.record(z.string(), z.string()),
})
export type Signal = z.infer<typeof signal>

/**
 * What reading an event comes to. One event may concern several agents or pools (StopInstances, a shared security group):
 * `also` has the signals of those beyond the first. `ignored` is a well-formed event that needs nobody (an alarm going back to OK, an
 * instance that starts); `unknown-agent` is one that no pool of the fleet claims; `rejected` is one that makes no sense.
 */
export type Reading =
  | { outcome: 'signal'; signal: Signal; also?: Signal[] }
  | { outcome: 'ignored'; reason: string }
  | { outcome: 'unknown-agent'; reason: string }
  | { outcome: 'rejected'; reason: string }
