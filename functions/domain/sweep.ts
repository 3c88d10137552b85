import * as z from 'zod/mini'
import { signal } from './signal.ts'
import { failure } from './workflow.ts'

/** What one run of the sweep did, step by step; a step that failed leaves its part out and a `failure` in. */
export const swept = z.object({
  /** When the schedule fired; it names the executions that the sweep starts. */
  time: z.iso.datetime({ offset: true }),
  closed: z.optional(z.array(z.string())),
  told: z.optional(z.array(z.string())),
  putBack: z.optional(z.array(z.string())),
  repeated: z.optional(z.array(z.string())),
  started: z.optional(z.array(z.string())),
  left: z.optional(z.array(z.object({ subject: z.string(), reason: z.string() }))),
  failure: z.optional(failure),
})
export type Swept = z.infer<typeof swept>

/** Source and detail-type of the events that the sweep starts the workflow with; no rule of EventBridge admits them. */
export const sweepSource = 'agent-medic.sweep'
export const sweepDetailType = 'Agent Unattended'
export const sweepDetail = z.object({ signal })
