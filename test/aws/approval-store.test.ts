import { describe, expect, it } from 'vitest'
import { type ApprovalRequest, dynamoApprovalStore } from '../../functions/aws/approval-store.ts'
import type { Decision } from '../../functions/domain/workflow.ts'
import { useTable } from './a-table.ts'

const { aTable, aTableThatLoses } = useTable()
const approvalsOn = () => dynamoApprovalStore(aTable().table)

const aRequest = (incidentId: string, of: Partial<ApprovalRequest> = {}): ApprovalRequest => ({
  incidentId,
  planHash: 'hash-1',
  taskToken: 'token-1',
  pool: 'linux-builders',
  summary: 'Replace the instance?',
  requestedAt: '2026-03-01T02:00:00.000Z',
  expiresAt: '2026-03-01T03:00:00.000Z',
  approvers: 1,
  ...of,
})
const aDecision = (decision: Decision['decision']): Decision => ({
  decision,
  by: decision === 'expired' ? null : 'arn:aws:sts::111122223333:assumed-role/OnCall/person',
  at: '2026-03-01T02:05:00.000Z',
  reason: null,
  planHash: 'hash-1',
})

describe('requests for approval', () => {
  it('are new once; a repeat brings its new token and asks nobody again', async () => {
    const approvals = approvalsOn()
    expect(await approvals.request(aRequest('inc-repeat'))).toBe('new')
    expect(await approvals.request(aRequest('inc-repeat', { taskToken: 'token-2' }))).toBe('repeated')
    expect(await approvals.read('inc-repeat', 'hash-1')).toMatchObject({ status: 'pending', taskToken: 'token-2' })
  })

  it('keep the decision that was made before a repeat', async () => {
    const approvals = approvalsOn()
    await approvals.request(aRequest('inc-decided'))
    await approvals.decide('inc-decided', 'hash-1', aDecision('approved'))
    await approvals.request(aRequest('inc-decided', { taskToken: 'token-2' }))
    expect(await approvals.read('inc-decided', 'hash-1')).toMatchObject({ status: 'approved', taskToken: 'token-2' })
  })

  it('are listed while they are pending', async () => {
    const approvals = approvalsOn()
    await approvals.request(aRequest('inc-listed'))
    const listed = async () => (await approvals.pending()).map(({ incidentId }) => incidentId)
    expect(await listed()).toContain('inc-listed')
    await approvals.decide('inc-listed', 'hash-1', aDecision('rejected'))
    expect(await listed()).not.toContain('inc-listed')
  })

  it('are found by their incident, the latest first', async () => {
    const approvals = approvalsOn()
    await approvals.request(aRequest('inc-latest'))
    await approvals.request(aRequest('inc-latest', { planHash: 'hash-2', requestedAt: '2026-03-01T02:30:00.000Z' }))
    expect(await approvals.latest('inc-latest')).toMatchObject({ planHash: 'hash-2' })
    expect(await approvals.latest('inc-none')).toBeUndefined()
  })
})

describe('the decision on a request', () => {
  it('is made once: of an approval and an expiry at once one stands, and both are told which', async () => {
    const approvals = approvalsOn()
    await approvals.request(aRequest('inc-race'))
    const answers = await Promise.all(
      (['approved', 'expired'] as const).map((each) => approvals.decide('inc-race', 'hash-1', aDecision(each))),
    )
    expect(answers.filter((answer) => answer?.decidedNow)).toHaveLength(1)
    expect(answers[0]?.record.status).toBe(answers[1]?.record.status)
    expect(answers[0]?.record.decision?.decision).toBe(answers[0]?.record.status)
  })

  it('stands against a later one', async () => {
    const approvals = approvalsOn()
    await approvals.request(aRequest('inc-later'))
    await approvals.decide('inc-later', 'hash-1', aDecision('approved'))
    expect(await approvals.decide('inc-later', 'hash-1', aDecision('expired'))).toMatchObject({
      decidedNow: false,
      record: { status: 'approved' },
    })
  })

  it('was made by this call when the answer to writing it was lost', async () => {
    await approvalsOn().request(aRequest('inc-lost'))
    const losing = dynamoApprovalStore(aTableThatLoses('UpdateItem'))
    expect(await losing.decide('inc-lost', 'hash-1', aDecision('approved'))).toMatchObject({
      decidedNow: true,
      record: { status: 'approved' },
    })
  })

  it('is not made on another plan than the one that was asked for', async () => {
    const approvals = approvalsOn()
    await approvals.request(aRequest('inc-other-plan'))
    expect(await approvals.decide('inc-other-plan', 'hash-2', aDecision('approved'))).toBeUndefined()
    expect(await approvals.read('inc-other-plan', 'hash-1')).toMatchObject({ status: 'pending' })
    expect(await approvals.read('inc-other-plan', 'hash-2')).toBeUndefined()
  })
})

describe('a request that two persons must approve', () => {
  const sso = (user: string) => `arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_OnCall_0123456789abcdef/${user}`
  const yes = (user: string) => ({ by: sso(user), at: `2026-03-01T02:05:00.000Z`, from: '203.0.113.17' })
  const asked = async (incidentId: string, approvals = approvalsOn()) => {
    await approvals.request(aRequest(incidentId, { approvers: 2 }))
    return (user: string) =>
      approvals.approve(incidentId, 'hash-1', yes(user), { ...aDecision('approved'), by: sso(user) })
  }

  it('waits after the first and is whole with the second, who is told who was first', async () => {
    const approve = await asked('inc-two')
    expect(await approve('kim')).toMatchObject({ outcome: 'counted', record: { status: 'pending' } })
    expect(await approve('lee')).toMatchObject({
      outcome: 'completed',
      record: { decision: { by: sso('lee'), approvals: [yes('kim'), yes('lee')] } },
    })
  })

  it('counts the same person once', async () => {
    const approvals = approvalsOn()
    const approve = await asked('inc-same', approvals)
    await approve('kim')
    const again = { ...yes('kim'), at: '2026-03-01T02:09:00.000Z' }
    expect(await approvals.approve('inc-same', 'hash-1', again, aDecision('approved'))).toMatchObject({
      outcome: 'same-person',
      record: { status: 'pending' },
    })
  })

  it('is made whole by exactly one of two at once', async () => {
    const approve = await asked('inc-two-race')
    const outcomes = (await Promise.all(['kim', 'lee'].map(approve))).map((each) => each?.outcome)
    expect(outcomes.sort()).toEqual(['completed', 'counted'])
  })

  it('counts an approval once whose answer was lost', async () => {
    const approve = await asked('inc-two-lost', dynamoApprovalStore(aTableThatLoses('UpdateItem')))
    expect(await approve('kim')).toMatchObject({ outcome: 'counted', record: { approvals: [yes('kim')] } })
  })

  it('is closed to approvals once one person rejected it', async () => {
    const approvals = approvalsOn()
    const approve = await asked('inc-rejected', approvals)
    await approve('kim')
    await approvals.decide('inc-rejected', 'hash-1', aDecision('rejected'))
    expect(await approve('lee')).toMatchObject({ outcome: 'closed', record: { status: 'rejected' } })
  })
})
