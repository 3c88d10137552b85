import * as z from 'zod/mini'

/** How an incident ends. `not-opened` outcomes are suppressed, joined, observed, unreadable. */
export const outcome = z.enum([
  'recovered',
  'escalated',
  'rejected',
  'expired',
  'refused',
  'suppressed',
  'joined',
  'observed',
  'false-alarm',
  'unreadable',
  'failed',
])
export type Outcome = z.infer<typeof outcome>
