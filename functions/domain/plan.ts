import { createHash } from 'node:crypto'
import * as z from 'zod/mini'
import { action } from './action.ts'
import { diagnosedCause } from './cause.ts'
import { outcome } from './outcome.ts'

/** Conditions that are read from AWS anew before a plan that waited is carried out; each has a check of its name. */
export const preconditionName = z.enum([
  'agent-still-failing',
  'instance-running',
  'instance-not-terminated',
  'instance-profile-still-missing',
  'task-still-stopped',
])
export type PreconditionName = z.infer<typeof preconditionName>

export const gate = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('automatic') }),
  z.object({ kind: z.literal('approval'), reason: z.string(), timeoutSeconds: z.int() }),
  z.object({ kind: z.literal('refused'), guardrail: z.string(), reason: z.string() }),
])
export type Gate = z.infer<typeof gate>

export const skippedRung = z.object({ rung: z.string(), reason: z.string() })

/** The next rung of the ladder, with all that a person needs to say yes or no. */
const actPlan = z.object({
  kind: z.literal('act'),
  /** What the workflow does next: `act` now, `ask` first, or stop because it was `refused`. */
  route: z.enum(['act', 'ask', 'refused']),
  cause: diagnosedCause,
  rung: z.string(),
  actions: z.array(action),
  preconditions: z.array(preconditionName),
  expectedEffect: z.string(),
  blastRadius: z.object({ agents: z.int(), destructive: z.boolean() }),
  /** Who else would heal this: an Auto Scaling group, an ECS service. */
  otherHealers: z.array(z.string()),
  gate,
  skipped: z.array(skippedRung),
  /** What follows the actions: proof that the agent works, or the call for a person. */
  afterwards: z.enum(['verify', 'escalate']),
  /** SHA-256 over actions, targets and preconditions; an approval is bound to it. */
  hash: z.string(),
})

/** Nothing is to be changed: either somebody else heals it and we only verify, or the incident ends here. */
const verifyPlan = z.object({
  kind: z.literal('verify'),
  route: z.literal('verify'),
  cause: diagnosedCause,
  rung: z.string(),
  reason: z.string(),
  skipped: z.array(skippedRung),
})
const stopPlan = z.object({
  kind: z.literal('stop'),
  route: z.literal('stop'),
  cause: diagnosedCause,
  outcome,
  reason: z.string(),
  /** What a person is asked to do; null when nothing is asked. */
  asked: z.nullable(z.string()),
  skipped: z.array(skippedRung),
})
export const plan = z.discriminatedUnion('kind', [actPlan, verifyPlan, stopPlan])
export type Plan = z.infer<typeof plan>
export type ActPlan = z.infer<typeof actPlan>

/** Hash over what an approver approves; readings that move by themselves stay out of it. */
export const planHash = (of: Pick<ActPlan, 'rung' | 'actions' | 'preconditions'>): string =>
  createHash('sha256')
    .update(
      JSON.stringify([
        of.rung,
        of.actions.map(({ kind, target, parameters }) => [
          kind,
          [target.account, target.region, target.pool, target.id],
          Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1)),
        ]),
        of.preconditions,
      ]),
    )
    .digest('hex')
