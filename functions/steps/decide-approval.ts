import * as z from 'zod/mini'
import type { ApprovalRecord, ApprovalStore } from '../aws/approval-store.ts'
import type { IncidentStore } from '../aws/incident-store.ts'
import type { WorkflowCallback } from '../aws/workflow-callback.ts'
import { parse } from '../domain/parse.ts'
import type { Clock } from '../domain/time.ts'
import type { Decision } from '../domain/workflow.ts'

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
  reason: z.optional(z.string().check(z.maxLength(500))),
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
const shown = ({ incidentId, planHash, pool, summary, requestedAt, expiresAt, status }: ApprovalRecord) => ({
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
    return decide(incidentId, verb === 'approve' ? 'approved' : 'rejected', by, body.value, services)
  }

const decide = async (
  incidentId: string,
  verdict: 'approved' | 'rejected',
  by: string,
  { planHash, reason }: z.infer<typeof decisionBody>,
  { approvals, incidents, callback, clock }: DecideServices,
): Promise<Response> => {
  const known = await approvals.read(incidentId, planHash)
  if (!known) return answer(404, { error: `no request waits for ${incidentId} with this plan; list them anew` })
  const at = clock.now().toISOString()
  if (known.status === 'pending' && known.expiresAt <= at)
    return answer(410, { error: `the request expired at ${known.expiresAt}` })
  const decision: Decision = { decision: verdict, by, at, reason: reason ?? null, planHash }
  const decided = await approvals.decide(incidentId, planHash, decision)
  if (!decided) return answer(404, { error: `no request waits for ${incidentId}` })
  const { record, decidedNow } = decided
  const same = record.decision?.decision === verdict && record.decision.by === by
  if (!decidedNow && !same)
    return answer(409, { error: `it was ${record.status} by ${record.decision?.by ?? 'nobody'} already` })
  if (decidedNow)
    await incidents.note(incidentId, { at, phase: 'gate', text: `${verdict} by ${by}${reason ? `: ${reason}` : ''}` })
  const told = await callback.succeed(record.taskToken, record.decision)
  await approvals.markAnswered(incidentId, planHash)
  return answer(200, {
    incidentId,
    decision: record.decision,
    workflow: told === 'answered' ? 'goes on' : 'no longer waits; it reads the decision itself',
  })
}
