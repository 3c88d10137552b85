import { beforeEach, describe, expect, it } from 'vitest'
import { dynamoApprovalStore } from '../../functions/aws/approval-store.ts'
import type { Message } from '../../functions/aws/notifier.ts'
import type { Decision } from '../../functions/domain/workflow.ts'
import { type DecisionRequest, decideApproval } from '../../functions/steps/decide-approval.ts'
import { expireApproval } from '../../functions/steps/expire-approval.ts'
import { requestApproval } from '../../functions/steps/request-approval.ts'
import { useTable } from '../aws/a-table.ts'
import { anIncident, theFleet } from '../builders/incident.ts'
import { planned } from '../builders/plan.ts'
import { fakeIncidents, fakeLeases } from '../fakes.ts'

const { aTable } = useTable()
const person = 'arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_OnCall_0123456789abcdef/on-call'
const other = person.replace('on-call', 'second')
const own = 'arn:aws:sts::111122223333:assumed-role/agent-medic-start-action/agent-medic-start-action'

let number = 0
const aGate = () => {
  number += 1
  const base = planned({ route: 'ask', gate: { kind: 'approval', reason: 'gated', timeoutSeconds: 3600 } })
  const state = { ...base, incident: anIncident({ id: `inc-20260115-${number}` }) }
  const { table, clock } = aTable()
  const incidents = fakeIncidents()
  const answered: { token: string; output: unknown }[] = []
  const messages: Message[] = []
  const services = {
    fleet: theFleet(),
    approvals: dynamoApprovalStore(table),
    incidents: incidents.store,
    leases: fakeLeases(state.incident.execution).store,
    notifier: { publish: async (_topic: string, message: Message) => void messages.push(message) },
    callback: {
      succeed: async (token: string, output: unknown) => {
        answered.push({ token, output })
        return 'answered' as const
      },
    },
    clock,
  }
  const decide = (verb: 'approve' | 'reject', by: string | null, body: object = { planHash: state.plan.hash }) =>
    decideApproval(services)({
      rawPath: `/approvals/${state.incident.id}/${verb}`,
      body: JSON.stringify(body),
      requestContext: { http: { method: 'POST' }, ...(by ? { authorizer: { iam: { userArn: by } } } : {}) },
    } satisfies DecisionRequest)
  return {
    state,
    services,
    incidents,
    answered,
    messages,
    decide,
    clock,
    ask: (taskToken = 'token-1') => requestApproval(services)({ state, taskToken }),
    expire: () => expireApproval(services)(state),
  }
}

let gate: ReturnType<typeof aGate>
beforeEach(() => {
  gate = aGate()
})

describe('asking for approval', () => {
  it('asks people once, though the request is tried again with a new token', async () => {
    await gate.ask('token-1')
    await gate.ask('token-2')
    expect(gate.messages).toHaveLength(1)
    await gate.decide('approve', person)
    expect(gate.answered.map(({ token }) => token)).toEqual(['token-2'])
  })
})

describe('deciding', () => {
  it("writes the caller's identity from the request's context and answers the token", async () => {
    await gate.ask()
    const response = await gate.decide('approve', person, {
      planHash: gate.state.plan.hash,
      by: 'somebody else',
      reason: 'go ahead',
    })
    expect(response.statusCode).toBe(200)
    expect(gate.answered[0]?.output).toMatchObject({
      decision: 'approved',
      by: person,
      planHash: gate.state.plan.hash,
      reason: 'go ahead',
    })
    expect(gate.incidents.notes.at(-1)).toContain(person)
  })

  it.each([
    ['carries no identity', null, 403],
    ["comes from the medic's own role", own, 403],
  ])('refuses a request that %s', async (_what, by, status) => {
    await gate.ask()
    expect((await gate.decide('approve', by)).statusCode).toBe(status)
    expect(gate.answered).toEqual([])
  })

  it('refuses a decision about another plan than the one that waits', async () => {
    await gate.ask()
    expect((await gate.decide('approve', person, { planHash: 'a'.repeat(64) })).statusCode).toBe(404)
    expect((await gate.decide('approve', person, { planHash: 'short' })).statusCode).toBe(400)
    expect(gate.answered).toEqual([])
  })

  it('lets the first of two decisions stand, and tells the second who made it', async () => {
    await gate.ask()
    await gate.decide('reject', person)
    const late = await gate.decide('approve', other)
    expect(late.statusCode).toBe(409)
    expect(late.body).toContain(person)
  })

  it('answers the token once more when the same person repeats the same decision', async () => {
    await gate.ask()
    await gate.decide('approve', person)
    expect((await gate.decide('approve', person)).statusCode).toBe(200)
    expect(gate.answered).toHaveLength(2)
  })

  it('takes one of many decisions at once', async () => {
    await gate.ask()
    const responses = await Promise.all(
      [person, other, `${other}-3`, `${other}-4`].map((by, index) => gate.decide(index % 2 ? 'reject' : 'approve', by)),
    )
    expect(responses.filter(({ statusCode }) => statusCode === 200)).toHaveLength(1)
  })

  it('is too late after the request expired', async () => {
    await gate.ask()
    gate.clock.forward(3600)
    expect((await gate.decide('approve', person)).statusCode).toBe(410)
  })

  it('shows nobody a task token', async () => {
    await gate.ask('secret-token')
    const request: DecisionRequest = {
      rawPath: '/approvals',
      requestContext: { http: { method: 'GET' }, authorizer: { iam: { userArn: person } } },
    }
    const { body } = await decideApproval(gate.services)(request)
    expect(body).toContain(gate.state.incident.id)
    expect(body).not.toContain('secret-token')
  })
})

describe('expiring', () => {
  const decisionOf = async (): Promise<Decision | undefined> => (await gate.expire()).decision

  it('writes that nobody answered', async () => {
    await gate.ask()
    expect(await decisionOf()).toMatchObject({ decision: 'expired', by: null })
  })

  it('obeys an approval that came in the same second', async () => {
    await gate.ask()
    await gate.decide('approve', person)
    expect(await decisionOf()).toMatchObject({ decision: 'approved', by: person })
  })

  it('and an approval at once agree on one of the two', async () => {
    await gate.ask()
    const [expired, approved] = await Promise.all([decisionOf(), gate.decide('approve', person)])
    expect(expired?.decision === 'approved').toBe(approved.statusCode === 200)
  })

  it('expires a request that was never written: nobody can have approved it', async () => {
    expect(await decisionOf()).toMatchObject({ decision: 'expired' })
  })
})
