import * as z from 'zod/mini'
import type { ApprovalRecord, ApprovalStore } from '../aws/approval-store.ts'
import type { IncidentStore } from '../aws/incident-store.ts'
import type { WorkflowCallback } from '../aws/workflow-callback.ts'
import { parse } from '../domain/parse.ts'
import type { Clock } from '../domain/time.ts'
import type { Approval, Decision } from '../domain/workflow.ts'
import { cleanText } from '../signals/text.ts'

export interface DecideServices {
  approvals: ApprovalStore
  incidents: IncidentStore
  callback: WorkflowCallback
  clock: Clock
}

/** A signed request to the function URL (payload 2.0), as far as it is read. Who calls stands in the context alone. */
export const decisionRequest = z.object({
  rawPath: z.string(),
  body: z.optional(z.string()),
  isBase64Encoded: z.optional(z.boolean()),
  requestContext: z.object({
    http: z.object({ method: z.string(), sourceIp: z.optional(z.string()) }),
    authorizer: z.optional(
      z.object({ iam: z.optional(z.nullable(z.object({ userArn: z.string(), callerId: z.optional(z.string()) }))) }),
    ),
  }),
})
export type DecisionRequest = z.infer<typeof decisionRequest>

export interface Response {
  statusCode: number
  headers: Record<string, string>
  body: string
}

const answer = (statusCode: number, value: object): Response => ({
  statusCode,
  headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
  body: JSON.stringify(value),
})
const decisionBody = z.object({
  planHash: z
    .string()
    .check(z.regex(/^[0-9a-f]{64}$/, 'give the hash of the plan that you decide about, from `gate list`')),
  // A person's words go to others as they are, save what looks like a secret and what is no text.
  reason: z.optional(
    z.pipe(
      z.string().check(z.maxLength(500)),
      z.transform((text) => cleanText(text, 500)),
    ),
  ),
})
const path = /^\/approvals\/([A-Za-z0-9-]{1,64})\/(approve|reject)$/

/** The medic's own roles ask and never answer. */
const isOwnRole = (arn: string): boolean => /:assumed-role\/agent-medic[^/]*\//.test(arn)

const bodyOf = ({ body = '', isBase64Encoded }: DecisionRequest): unknown => {
  try {
    return JSON.parse(isBase64Encoded ? Buffer.from(body, 'base64').toString('utf8') : body)
  } catch {
    return undefined
  }
}

/** What a person may see of a request: all but the token, which would let anybody answer for him. */
const shown = ({
  incidentId,
  planHash,
  pool,
  summary,
  requestedAt,
  expiresAt,
  status,
  approvers,
  approvals,
}: ApprovalRecord) => ({
  approvers,
  approvals,
  incidentId,
  planHash,
  pool,
  summary,
  requestedAt,
  expiresAt,
  status,
})

/**
 * The decision function: the only writer of decisions and the only one that answers tokens. `GET /approvals` lists what
 * waits; `POST /approvals/<incident>/approve|reject` decides about the plan whose hash it names. The identity comes from the
 * request's context. A decision is one conditional write; when the token can't be answered afterwards, the decision stands
 * and a repeat of the same request answers it again.
 */
export const decideApproval =
  (services: DecideServices) =>
  async (request: DecisionRequest): Promise<Response> => {
    const { method } = request.requestContext.http
    const by = request.requestContext.authorizer?.iam?.userArn
    if (!by) return answer(403, { error: 'the request carries no IAM identity; sign it (npm run gate does)' })
    if (isOwnRole(by)) return answer(403, { error: 'agent-medic asks and never answers: its own roles may not decide' })
    if (method === 'GET' && request.rawPath === '/approvals')
      return answer(200, { approvals: (await services.approvals.pending()).map(shown) })
    const [, incidentId, verb] = path.exec(request.rawPath) ?? []
    if (method !== 'POST' || !incidentId)
      return answer(404, { error: 'use GET /approvals or POST /approvals/<incident>/approve|reject' })
    const body = parse(decisionBody, bodyOf(request))
    if (!body.ok) return answer(400, { error: `body: ${body.problems.join('; ')}` })
    const who = { by, at: services.clock.now().toISOString(), from: request.requestContext.http.sourceIp ?? null }
    return verb === 'approve'
      ? approve(incidentId, who, body.value, services)
      : reject(incidentId, who, body.value, services)
  }

type Body = z.infer<typeof decisionBody>

const said = (verb: string, { by, from }: Approval, reason: string | undefined): string =>
  `${verb} by ${by}${from ? ` from ${from}` : ''}${reason ? `: ${reason}` : ''}`

/** What stands in the way of a decision; null when the request waits for one, or was decided already. */
const refusedAtOnce = async (
  incidentId: string,
  { planHash }: Body,
  { at }: Approval,
  { approvals }: DecideServices,
): Promise<Response | null> => {
  const known = await approvals.read(incidentId, planHash)
  if (!known) return answer(404, { error: `no request waits for ${incidentId} with this plan; list them anew` })
  if (known.status === 'pending' && known.expiresAt <= at)
    return answer(410, { error: `the request expired at ${known.expiresAt}` })
  return null
}

/** One person's yes. The last one that is needed answers the workflow; a repeat by him answers it again. */
const approve = async (incidentId: string, who: Approval, body: Body, services: DecideServices): Promise<Response> => {
  const { approvals, incidents } = services
  const { planHash, reason } = body
  const refused = await refusedAtOnce(incidentId, body, who, services)
  if (refused) return refused
  const decision: Decision = { decision: 'approved', by: who.by, at: who.at, reason: reason ?? null, planHash }
  const approving = await approvals.approve(incidentId, planHash, who, decision)
  if (!approving) return answer(404, { error: `no request waits for ${incidentId}` })
  const { outcome, record } = approving
  const note = (text: string) => incidents.note(incidentId, { at: who.at, phase: 'gate', text })
  switch (outcome) {
    case 'completed':
      await note(said('approved', who, reason))
      return tell(incidentId, record, services)
    case 'counted': {
      const missing = record.approvers - record.approvals.length
      await note(`${said('approved', who, reason)}; ${missing} more person must approve`)
      return answer(200, { incidentId, approvals: record.approvals, workflow: `waits for ${missing} more person` })
    }
    case 'same-person':
      return answer(409, {
        error: `you approved it already, and ${record.approvers} different persons must: ask somebody else`,
      })
    case 'closed': {
      const mine = record.decision?.decision === 'approved' && record.decision.by === who.by
      return mine ? tell(incidentId, record, services) : alreadyDecided(record)
    }
  }
}

/** One person's no ends it, however many approved. */
const reject = async (incidentId: string, who: Approval, body: Body, services: DecideServices): Promise<Response> => {
  const { planHash, reason } = body
  const refused = await refusedAtOnce(incidentId, body, who, services)
  if (refused) return refused
  const decision: Decision = { decision: 'rejected', by: who.by, at: who.at, reason: reason ?? null, planHash }
  const decided = await services.approvals.decide(incidentId, planHash, decision)
  if (!decided) return answer(404, { error: `no request waits for ${incidentId}` })
  const { record, decidedNow } = decided
  const mine = record.decision?.decision === 'rejected' && record.decision.by === who.by
  if (!decidedNow && !mine) return alreadyDecided(record)
  if (decidedNow)
    await services.incidents.note(incidentId, { at: who.at, phase: 'gate', text: said('rejected', who, reason) })
  return tell(incidentId, record, services)
}

const alreadyDecided = ({ status, decision }: ApprovalRecord): Response =>
  answer(409, { error: `it was ${status} by ${decision?.by ?? 'nobody'} already` })

const tell = async (
  incidentId: string,
  { taskToken, decision, planHash }: ApprovalRecord,
  { callback, approvals }: DecideServices,
): Promise<Response> => {
  const told = await callback.succeed(taskToken, decision)
  await approvals.markAnswered(incidentId, planHash)
  return answer(200, {
    incidentId,
    decision,
    workflow: told === 'answered' ? 'goes on' : 'no longer waits; it reads the decision itself',
  })
}
