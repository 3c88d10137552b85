import * as z from 'zod/mini'
import { action, actionResult, handle } from './action.ts'
import { diagnosis } from './diagnosis.ts'
import { evidence, hostPart } from './evidence.ts'
import { attempt, incident } from './incident.ts'
import { outcome } from './outcome.ts'
import { plan } from './plan.ts'
import { mark } from './timing.ts'
import { verification } from './verification.ts'

/** The step contracts in the order of the workflow: each is the one before it, extended by the step's own part. */

/** What a Catch puts beside the state: the error's name and AWS's JSON cause. */
export const failure = z.object({ Error: z.string(), Cause: z.optional(z.string()) })

/** Input of OpenIncident: the raw event, as untrusted as it came, and the execution that read it. */
export const arrived = z.object({
  event: z.unknown(),
  execution: z.string().check(z.startsWith('arn:')),
  /** When the execution started: with its ARN it makes the incident's id. */
  startedAt: z.iso.datetime({ offset: true }),
})

export type Arrived = z.infer<typeof arrived>

/** How opening went when no incident was opened. */
export const notOpened = z.object({
  opening: z.discriminatedUnion('decision', [
    z.object({ decision: z.literal('suppressed'), reason: z.string() }),
    z.object({ decision: z.literal('joined'), incidentId: z.string(), reason: z.string() }),
    z.object({ decision: z.literal('unreadable'), reason: z.string() }),
  ]),
})

export const opened = z.object({
  opening: z.object({ decision: z.literal('opened') }),
  incident,
  /** Number of the attempt that is under way, from 1. */
  attempt: z.int(),
  attempts: z.array(attempt),
  /** When each phase ended; the report times the phases by it. */
  marks: z.array(mark),
})
export type Opened = z.infer<typeof opened>
export type OpeningResult = z.infer<typeof notOpened> | Opened

/** Inside the host branch: the probe's command until it has an answer. */
export const probing = z.extend(opened, {
  hostProbe: z.object({
    status: z.enum(['running', 'done']),
    commandId: z.nullable(z.string()),
    startedAt: z.string(),
    evidence: z.nullable(hostPart),
  }),
})
export type Probing = z.infer<typeof probing>

export const collected = z.extend(opened, { evidence, diagnosis: z.optional(diagnosis) })
export type Collected = z.infer<typeof collected>

export const diagnosed = z.extend(opened, { evidence, diagnosis })
export type Diagnosed = z.infer<typeof diagnosed>

export const planned = z.extend(diagnosed, { plan })
export type Planned = z.infer<typeof planned>

/** Input of RequestApproval: the state and the token that the decision function answers. */
export const approvalRequested = z.object({ state: planned, taskToken: z.string().check(z.minLength(1)) })

/** One person's yes: who, when, and from which address. */
export const approval = z.object({ by: z.string(), at: z.string(), from: z.nullable(z.string()) })
export type Approval = z.infer<typeof approval>

/** What SendTaskSuccess sent, or what ExpireApproval wrote. */
export const decision = z.object({
  decision: z.enum(['approved', 'rejected', 'expired']),
  /** ARN of the person, from the request's own context; null for expired. */
  by: z.nullable(z.string()),
  at: z.string(),
  reason: z.nullable(z.string()),
  planHash: z.string(),
  /** Everybody who approved, in order; also where it was not enough in time. */
  approvals: z.optional(z.array(approval)),
})
export type Decision = z.infer<typeof decision>

export const decided = z.extend(planned, { decision: z.optional(decision) })
export type Decided = z.infer<typeof decided>

/** RecheckPlan: the plan still holds, or it is void because the world changed while it waited. */
export const rechecked = z.extend(decided, {
  recheck: z.object({ status: z.enum(['holds', 'void']), reason: z.string(), at: z.string() }),
})
export type Rechecked = z.infer<typeof rechecked>

export const execution = z.object({
  /** Position of the action that is under way in the plan's list. */
  index: z.int(),
  /** `start`: the next action is to be started; `check`: it runs; the rest end the plan. */
  status: z.enum(['start', 'check', 'done', 'failed', 'stopped']),
  current: z.nullable(
    z.object({ action, startedAt: z.string(), deadline: z.string(), handle, maybeDone: z.boolean() }),
  ),
  results: z.array(actionResult),
  waitSeconds: z.int(),
})
export type Execution = z.infer<typeof execution>

export const executing = z.extend(decided, { execution: z.optional(execution) })
export type Executing = z.infer<typeof executing>

/** Input of AbandonAction: the state and what its last step threw. */
export const abandoned = z.extend(executing, { failure: z.optional(failure) })

export const verifying = z.extend(executing, { verification: z.optional(verification) })
export type Verifying = z.infer<typeof verifying>

/** Any state that may reach PublishReport: a failure can come from every step, so each later part may be missing. */
export const reportable = z.extend(opened, {
  evidence: z.optional(evidence),
  diagnosis: z.optional(diagnosis),
  plan: z.optional(plan),
  decision: z.optional(decision),
  recheck: z.optional(z.object({ status: z.enum(['holds', 'void']), reason: z.string(), at: z.string() })),
  execution: z.optional(execution),
  verification: z.optional(verification),
  failure: z.optional(failure),
})
export type Reportable = z.infer<typeof reportable>

/** What became of the report: which channels took it, and what befell the others. */
export const publication = z.object({
  outcome,
  key: z.nullable(z.string()),
  channels: z.array(z.string()),
  problems: z.array(z.string()),
})

export const reported = z.extend(reportable, { report: publication })
export type Reported = z.infer<typeof reported>

/** Input of ReleaseIncident: also what no channel took. */
export const releasable = z.extend(reportable, { report: z.optional(publication) })
