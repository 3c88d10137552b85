import type { Decision } from '../domain/workflow.ts'

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
}
