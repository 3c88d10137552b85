import { isDeepStrictEqual } from 'node:util'
import { personOf } from '../domain/person.ts'
import type { Approval, Decision } from '../domain/workflow.ts'
import type { Key, Table } from './table.ts'

export interface ApprovalRequest {
  incidentId: string
  planHash: string
  taskToken: string
  pool: string
  summary: string
  requestedAt: string
  expiresAt: string
  /** How many different persons must approve. */
  approvers: number
}

export interface ApprovalRecord extends ApprovalRequest {
  status: 'pending' | 'approved' | 'rejected' | 'expired'
  decision: Decision | null
  approvals: Approval[]
}

/**
 * What an approval came to: it completed the request, it is one of two, the same person had approved already, or the request
 * was decided otherwise before.
 */
export interface Approving {
  outcome: 'completed' | 'counted' | 'same-person' | 'closed'
  record: ApprovalRecord
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
  /**
   * Counts a person's approval. The one that makes the request whole decides it, in the same conditional write: of two at
   * once exactly one completes it.
   */
  approve(incidentId: string, planHash: string, approval: Approval, decision: Decision): Promise<Approving | undefined>
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
        {
          ...key,
          ...request,
          status: 'pending',
          decision: null,
          approvals: [],
          gsi1pk: pendingStatus,
          gsi1sk: request.requestedAt,
        },
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
    async approve(incidentId, planHash, approval, decision) {
      for (;;) {
        const record = await read(incidentId, planHash)
        if (!record) return undefined
        const { approvals, approvers, status } = record
        // The SDK repeats a write whose answer was lost: what stands there then is our own.
        const own = approvals.some((each) => isDeepStrictEqual(each, approval))
        if (own) return { outcome: status === 'approved' ? 'completed' : 'counted', record }
        if (status !== 'pending') return { outcome: 'closed', record }
        if (approvals.some(({ by }) => personOf(by) === personOf(approval.by)))
          return { outcome: 'same-person', record }
        const all = [...approvals, approval]
        const completes = all.length >= approvers
        const written = await table.update(keyOf(incidentId, planHash), {
          set: completes
            ? 'SET approvals = :all, #status = :approved, decision = :decision, gsi1pk = :index'
            : 'SET approvals = :all',
          condition: '#status = :pending AND size(approvals) = :seen',
          names: { '#status': 'status' },
          values: {
            ':all': all,
            ':pending': 'pending',
            ':seen': approvals.length,
            ...(completes
              ? { ':approved': 'approved', ':decision': { ...decision, approvals: all }, ':index': 'APPROVAL#approved' }
              : {}),
          },
        })
        if (!written) continue
        const after = { ...record, approvals: all }
        if (!completes) return { outcome: 'counted', record: after }
        return {
          outcome: 'completed',
          record: { ...after, status: 'approved', decision: { ...decision, approvals: all } },
        }
      }
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
