import * as z from 'zod/mini'
import { type Phase, phase } from './incident.ts'
import { secondsBetween } from './time.ts'

/** `phase` lasted until `until`: each step marks the end of what went before it and of itself. */
export const mark = z.object({ phase, until: z.string() })
export type Mark = z.infer<typeof mark>

/** Seconds per phase, from the opening of the incident; a phase that came twice is summed. */
export const timingOf = (openedAt: string, marks: readonly Mark[]): Partial<Record<Phase, number>> => {
  const seconds: Partial<Record<Phase, number>> = {}
  let from = openedAt
  for (const { phase: name, until } of marks) {
    seconds[name] = (seconds[name] ?? 0) + Math.max(0, secondsBetween(from, until))
    from = until
  }
  return seconds
}
