import * as z from 'zod/mini'
import { cause } from './cause.ts'
import { channel } from './channel.ts'

/** One fact that speaks for a cause, worded for the report. */
export const fact = z.object({ name: z.string(), value: z.string(), channel })
export type Fact = z.infer<typeof fact>

/** A rule's verdict. */
export const finding = z.discriminatedUnion('outcome', [
  z.object({
    outcome: z.literal('matched'),
    cause,
    /** 0 to 1: the share of cases that look like this in which the cause is right. */
    confidence: z.number().check(z.minimum(0), z.maximum(1)),
    facts: z.array(fact),
  }),
  z.object({ outcome: z.literal('not-matched'), cause, reason: z.string() }),
  z.object({ outcome: z.literal('insufficient-evidence'), cause, missing: z.array(z.string()), reason: z.string() }),
])
export type Finding = z.infer<typeof finding>
