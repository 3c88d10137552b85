import { describe, expect, it } from 'vitest'
import { LeaseLostError, ThrottledError } from '../../functions/domain/errors.ts'
import { recheckPlan } from '../../functions/steps/recheck-plan.ts'
import { anAgent, theFleet } from '../builders/incident.ts'
import { planned } from '../builders/plan.ts'
import { fakeLeases } from '../fakes.ts'

const aRecheck = (
  of: { age?: number | null; state?: string; fails?: Error; approves?: string; lost?: boolean } = {},
) => {
  const state = planned({ route: 'ask', preconditions: ['instance-running', 'agent-still-failing'] })
  const leases = fakeLeases(state.incident.execution)
  if (of.lost) leases.takeOver()
  const services = {
    fleet: theFleet(),
    metrics: { heartbeatAges: async () => new Map([[anAgent().id, of.age === undefined ? 900 : of.age]]) },
    instances: {
      describe: async () => {
        if (of.fails) throw of.fails
        return { state: of.state ?? 'running' }
      },
    },
    tasks: {},
    leases: leases.store,
    clock: { now: () => new Date('2026-01-15T03:00:00.000Z') },
  } as unknown as Parameters<typeof recheckPlan>[0]
  const decision = {
    decision: 'approved' as const,
    by: 'person',
    at: '',
    reason: null,
    planHash: of.approves ?? state.plan.hash,
  }
  return recheckPlan(services)({ ...state, decision })
}

describe('rechecking an approved plan', () => {
  it('holds while the world is as it was', async () => {
    expect((await aRecheck()).recheck.status).toBe('holds')
    expect((await aRecheck({ age: null })).recheck.status).toBe('holds')
  })

  it('is void when the agent works again', async () => {
    expect((await aRecheck({ age: 60 })).recheck).toMatchObject({
      status: 'void',
      reason: expect.stringContaining('last heartbeat is 60 s old'),
    })
  })

  it('is void when the instance went another way', async () => {
    expect((await aRecheck({ state: 'terminated' })).recheck.reason).toContain('the instance is terminated')
  })

  it('is void when another plan was approved', async () => {
    expect((await aRecheck({ approves: 'other' })).recheck.reason).toContain('another plan')
  })

  it('is void when a condition can not be read, and tried again when it may pass', async () => {
    expect((await aRecheck({ fails: new Error('not authorized') })).recheck.reason).toContain('could not be read')
    await expect(aRecheck({ fails: new ThrottledError('slow down') })).rejects.toThrow(ThrottledError)
  })

  it('stops when another execution owns the agent by now', async () => {
    await expect(aRecheck({ lost: true })).rejects.toThrow(LeaseLostError)
  })
})
