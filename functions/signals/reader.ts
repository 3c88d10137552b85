import * as z from 'zod/mini'
import type { AgentDirectory } from '../aws/agent-directory.ts'
import type { Fleet } from '../domain/fleet.ts'
import type { Reading, SignalKind } from '../domain/signal.ts'

/** The envelope that EventBridge puts around every event (version 0). */
export const envelope = z.object({
  version: z.string(),
  id: z.string().check(z.minLength(1), z.maxLength(200)),
  'detail-type': z.string(),
  source: z.string(),
  account: z.string().check(z.regex(/^\d{12}$/)),
  time: z.iso.datetime({ offset: true }),
  region: z.string().check(z.minLength(1)),
  resources: z._default(z.array(z.string()), []),
  detail: z.record(z.string(), z.unknown()),
})
export type Envelope = z.infer<typeof envelope>

/** Reads one kind of event. No input makes it throw; only a directory that can't be asked does, and the state retries. */
export interface Reader {
  /** Such as `aws.ec2`; `aws.*` where any service may be the source. */
  source: string
  detailType: string
  /** What it may come to: a row of the table of signals in docs/architecture.md. */
  kinds: readonly SignalKind[]
  /** For that table: which of these events are a signal, and whose. */
  hears: string
  /** Calls that CloudTrail tells of, where the kind of event is an API call. */
  calls?: readonly string[]
  /** Told apart from other readers of the same kind of event; without it, every such event is its own. */
  takes?(event: Envelope): boolean
  read(event: Envelope, fleet: Fleet, directory: AgentDirectory): Promise<Reading>
}
