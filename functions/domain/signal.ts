import * as z from 'zod/mini'
import { subject } from './agent.ts'

export const signalKind = z.enum([
  'metric-alarm',
  'composite-alarm',
  'heartbeat-missing',
  'alarm-cleared',
  'ecs-task-stopped',
  'instance-state-changed',
  'instance-profile-removed',
])
export type SignalKind = z.infer<typeof signalKind>

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
 * What reading an event comes to. `ignored` is a well-formed event that needs nobody (an alarm going back to OK, an
 * instance that starts); `unknown-agent` is one that no pool of the fleet claims; `rejected` is one that makes no sense.
 */
export type Reading =
  | { outcome: 'signal'; signal: Signal }
  | { outcome: 'ignored'; reason: string }
  | { outcome: 'unknown-agent'; reason: string }
  | { outcome: 'rejected'; reason: string }
