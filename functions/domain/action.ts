import * as z from 'zod/mini'
import { agentRef } from './agent.ts'
import { channel } from './channel.ts'

/** Changes to the world, one kind each; each has a file of its name in `functions/actions/`. */
export const actionKind = z.enum([
  'restart-service',
  'free-disk-space',
  'restore-config',
  'reinstall',
  'reboot',
  'enter-standby',
  'stop-instance',
  'start-instance',
  'exit-standby',
  'replace-instance',
  'replace-task',
  'attach-profile',
  'quarantine',
])
export type ActionKind = z.infer<typeof actionKind>

export const action = z.object({
  /** Unique per incident, attempt and position; host commands carry it, and refuse a second run with it. */
  id: z.string().check(z.regex(/^[A-Za-z0-9_-]{1,64}$/)),
  kind: actionKind,
  target: agentRef,
  parameters: z.record(z.string(), z.string()),
  channel,
  /** True for an action that puts back what an earlier one took away (leaving Standby): it runs on failure paths too. */
  always: z.boolean(),
  /** How a person undoes it, or that it can't be undone. */
  undo: z.string(),
})
export type Action = z.infer<typeof action>

/** What a start hands to its check: ids and readings from before the change. */
export const handle = z.record(z.string(), z.string())
export type Handle = z.infer<typeof handle>

export const actionResult = z.object({
  id: z.string(),
  kind: actionKind,
  target: z.string(),
  outcome: z.enum(['succeeded', 'failed', 'blocked', 'maybe-done']),
  detail: z.string(),
  startedAt: z.nullable(z.string()),
  endedAt: z.string(),
  undo: z.string(),
})
export type ActionResult = z.infer<typeof actionResult>

/** The successor that a finished replacement names; null when none is named. */
export const successorIn = (detail: string): string | null =>
  /^successor (i-[0-9a-f]+) is in service$/.exec(detail)?.[1] ?? null
