import { isDeepStrictEqual } from 'node:util'
import type { Decision } from '../domain/workflow.ts'
import type { Key, Table } from './table.ts'

export interface ApprovalRequest {
  incidentId: string
  planHash: string
  taskToken: string
  pool: string
  summary: string
  requestedAt: string
  expiresAt: string
}

export interface ApprovalRecord extends ApprovalRequest {
  status: 'pending' | 'approved' | 'rejected' | 'expired'
  decision: Decision | null
}

/** Requests for approval and the one decision on each: a conditional write from pending. */
export interface ApprovalStore {
  /** Writes the request. A repeat for the same incident and plan overwrites the token and answers `repeated`. */
  request(request: ApprovalRequest): Promise<'new' | 'repeated'>
  /** Pending → decided. Answers the record as it stands afterwards, and whether this call decided it. */
  decide(
    incidentId: string,
    planHash: string,
    decision: Decision,
  ): Promise<{ decidedNow: boolean; record: ApprovalRecord } | undefined>
  read(incidentId: string, planHash: string): Promise<ApprovalRecord | undefined>
  latest(incidentId: string): Promise<ApprovalRecord | undefined>
  pending(): Promise<ApprovalRecord[]>
  /** Decided by a person, and the workflow was not seen to take the answer yet. */
  unanswered(): Promise<ApprovalRecord[]>
  /** The workflow took the answer, or no longer waits for one. */
  markAnswered(incidentId: string, planHash: string): Promise<void>
}

const keyOf = (incidentId: string, planHash: string): Key => ({
  pk: `INCIDENT#${incidentId}`,
  sk: `APPROVAL#${planHash}`,
})
const pendingStatus = 'APPROVAL#pending'

/** Approvals in the table: the decision is one conditional write from pending. */
export const dynamoApprovalStore = (table: Table): ApprovalStore => {
  const read = async (incidentId: string, planHash: string) =>
    (await table.get(keyOf(incidentId, planHash))) as ApprovalRecord | undefined
  return {
    async request(request) {
      const key = keyOf(request.incidentId, request.planHash)
      const isNew = await table.put(
        { ...key, ...request, status: 'pending', decision: null, gsi1pk: pendingStatus, gsi1sk: request.requestedAt },
        { expression: 'attribute_not_exists(pk)' },
      )
      if (isNew) return 'new'
      // A retried request has a new token; the old one is answered no more. A decision that was made stays.
      await table.update(key, { set: 'SET taskToken = :token', values: { ':token': request.taskToken } })
      return 'repeated'
    },
    async decide(incidentId, planHash, decision) {
      const decidedNow = await table.update(keyOf(incidentId, planHash), {
        set: 'SET #status = :status, decision = :decision, gsi1pk = :index',
        condition: 'attribute_exists(pk) AND #status = :pending',
        names: { '#status': 'status' },
        values: {
          ':status': decision.decision,
          ':decision': decision,
          ':pending': 'pending',
          ':index': `APPROVAL#${decision.decision}`,
        },
      })
      const record = await read(incidentId, planHash)
      // The SDK repeats a write whose answer was lost: the condition then fails on what this very call wrote.
      return record && { decidedNow: decidedNow || isDeepStrictEqual(record.decision, decision), record }
    },
    read,
    async latest(incidentId) {
      const items = (await table.query(`INCIDENT#${incidentId}`, 'APPROVAL#')) as unknown as ApprovalRecord[]
      return items.sort((a, b) => (a.requestedAt < b.requestedAt ? 1 : -1))[0]
    },
    async unanswered() {
      const decided = ['APPROVAL#approved', 'APPROVAL#rejected'].map((status) => table.byStatus(status))
      return (await Promise.all(decided)).flat() as unknown as ApprovalRecord[]
    },
    async markAnswered(incidentId, planHash) {
      await table.update(keyOf(incidentId, planHash), {
        set: 'SET gsi1pk = :answered',
        condition: 'attribute_exists(pk)',
        values: { ':answered': 'APPROVAL#answered' },
      })
    },
    async pending() {
      return (await table.byStatus(pendingStatus)) as unknown as ApprovalRecord[]
    },
  }
}
