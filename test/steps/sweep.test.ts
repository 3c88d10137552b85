import { describe, expect, it } from 'vitest'
import { dynamoAgentRecords } from '../../functions/aws/agent-records.ts'
import type { ApprovalRecord } from '../../functions/aws/approval-store.ts'
import { dynamoControlStore } from '../../functions/aws/control-store.ts'
import type { ExecutionView } from '../../functions/aws/executions.ts'
import { dynamoIncidentStore } from '../../functions/aws/incident-store.ts'
import { dynamoLeaseStore } from '../../functions/aws/lease-store.ts'
import type { Member } from '../../functions/aws/pool-members.ts'
import { dynamoStorms } from '../../functions/aws/storms.ts'
import type { Signal } from '../../functions/domain/signal.ts'
import { findUnattended } from '../../functions/steps/find-unattended.ts'
import { repeatDecisions } from '../../functions/steps/repeat-decisions.ts'
import { aboutAgent } from '../aws/a-platform.ts'
import { useTable } from '../aws/a-table.ts'
import { anAgent, aSignal, theFleet } from '../builders/incident.ts'
import { openCalendars } from '../fakes.ts'

const { aTable } = useTable()
const time = '2026-03-01T02:05:00.000Z'
let number = 0

/** A pool of one agent, as its platform and its heartbeat tell it. */
const aFleetSeen = (of: { inService?: boolean; healthy?: boolean; member?: boolean; launchedAt?: string } = {}) => {
  number += 1
  const { table, clock } = aTable()
  const id = `i-0d1b2c3d4e5f6${String(number).padStart(4, '0')}`
  const agent = anAgent({ id })
  const { inService = true, healthy = false, member = true } = of
  const here: Member = { agent, inService, healthy, reason: 'no heartbeat for 30 minutes' }
  const other: Member = { agent: anAgent({ id: 'i-0d1b2c3d4e5f6ffff' }), inService: true, healthy: true, reason: '' }
  const started: { name: string; input: { detail: { signal: Signal } } }[] = []
  const alarms: string[] = []
  const services = {
    fleet: theFleet(),
    incidents: { ...dynamoIncidentStore(table, clock) },
    records: dynamoAgentRecords(table, clock),
    storms: dynamoStorms(table, clock),
    notifier: { publish: async () => {} },
    controls: dynamoControlStore(table, clock),
    calendars: openCalendars,
    leases: dynamoLeaseStore(table, clock),
    members: {
      of: async ({ name }: { name: string }) => (name === agent.pool ? [other, ...(member ? [here] : [])] : []),
    },
    instances: { describe: async () => ({ launchedAt: of.launchedAt ?? '2026-02-27T00:00:00.000Z' }) } as never,
    directory: { poolOfInstance: async () => agent.pool },
    alarms: {
      inAlarm: async () =>
        alarms.map((each) => ({
          arn: `arn:aws:cloudwatch:eu-central-1:111122223333:alarm:${each}`,
          since: time,
          detail: {
            alarmName: each,
            state: { value: 'ALARM', reason: 'silent' },
            configuration: {
              metrics: [
                { metricStat: { metric: { namespace: 'AgentMedic', name: 'Heartbeat', dimensions: { AgentId: id } } } },
              ],
            },
          },
        })),
    },
    executions: {
      read: async (): Promise<ExecutionView | undefined> => undefined,
      start: async (name: string, input: unknown) => {
        if (started.some((each) => each.name === name)) return { started: false }
        started.push({ name, input: input as never })
        return { started: true }
      },
    },
    clock,
  }
  const mine = ({ signal }: { signal: Signal }) => signal.subject.kind === 'agent' && signal.subject.agent.id === id
  return {
    agent,
    subject: aboutAgent(agent),
    alarms,
    services,
    sweep: async () => {
      const result = await findUnattended(services)({ time })
      return { ...result, mine: started.filter(({ input }) => mine(input.detail)), left: result.left ?? [] }
    },
    reasonFor: (left: { subject: string; reason: string }[]) => left.find((each) => each.subject === id)?.reason,
  }
}

describe('the sweep for what is unattended', () => {
  it('starts the workflow for an agent in service that nobody hears from', async () => {
    const fleet = aFleetSeen()
    const { mine } = await fleet.sweep()
    expect(mine).toHaveLength(1)
    expect(mine[0]?.input).toMatchObject({
      source: 'agent-medic.sweep',
      detail: { signal: { kind: 'heartbeat-missing', summary: expect.stringContaining('No event came') } },
    })
  })

  it('starts it once though it is run again', async () => {
    const fleet = aFleetSeen()
    await fleet.sweep()
    expect((await fleet.sweep()).mine).toHaveLength(1)
  })

  it('starts it for an alarm that still stands, in the words of the alarm', async () => {
    const fleet = aFleetSeen({ inService: false })
    fleet.alarms.push('linux-builders-heartbeat')
    expect((await fleet.sweep()).mine[0]?.input.detail.signal.summary).toContain('linux-builders-heartbeat')
  })

  it('gives a new instance its time to come up', async () => {
    const fleet = aFleetSeen({ launchedAt: '2026-03-01T01:50:00.000Z' })
    expect((await fleet.sweep()).mine).toHaveLength(0)
  })

  it('leaves an agent alone that has an open incident, and says which', async () => {
    const fleet = aFleetSeen()
    await fleet.services.leases.acquire(fleet.subject, 'arn:one', 'inc-open', 600)
    const { mine, left } = await fleet.sweep()
    expect(mine).toEqual([])
    expect(fleet.reasonFor(left)).toBe('inc-open is at it')
  })

  it('leaves an agent in quarantine alone, with the reason', async () => {
    const fleet = aFleetSeen()
    await fleet.services.incidents.quarantine(fleet.subject, 'inc-q', 'the ladder ended', time)
    const { mine, left } = await fleet.sweep()
    expect(mine).toEqual([])
    expect(fleet.reasonFor(left)).toContain('quarantined')
  })

  it('takes up a signal that was suppressed, once nothing speaks against it', async () => {
    const fleet = aFleetSeen({ inService: false })
    const signal = aSignal({ subject: fleet.subject, kind: 'instance-profile-removed' })
    await fleet.services.incidents.markDue({ signal, reason: 'kill switch', at: time, notBefore: null })
    expect((await fleet.sweep()).mine[0]?.input.detail.signal.kind).toBe('instance-profile-removed')
  })

  it('forgets a suppressed alarm whose agent works again', async () => {
    const fleet = aFleetSeen({ healthy: true })
    const signal = aSignal({ subject: fleet.subject, kind: 'heartbeat-missing' })
    await fleet.services.incidents.markDue({ signal, reason: 'kill switch', at: time, notBefore: null })
    expect((await fleet.sweep()).mine).toEqual([])
    expect((await fleet.services.incidents.dueMarks()).filter((mark) => mark.signal.subject === fleet.subject)).toEqual(
      [],
    )
  })

  it('is not kept going by the standing alarm of an instance that its group has no more', async () => {
    const fleet = aFleetSeen({ member: false })
    fleet.alarms.push('linux-builders-heartbeat')
    const { mine, left } = await fleet.sweep()
    expect(mine).toEqual([])
    expect(fleet.reasonFor(left)).toContain('no member')
  })

  it('starts nothing under the kill switch', async () => {
    const fleet = aFleetSeen()
    const off = { mode: 'off' as const, reason: 'migration', by: 'me', setAt: time, expiresAt: null }
    const controls = { ...fleet.services.controls, mode: async () => off }
    expect(await findUnattended({ ...fleet.services, controls })({ time })).toMatchObject({ started: [] })
  })

  it('tells of a pool that it could not read, and sweeps the others', async () => {
    const fleet = aFleetSeen()
    const of = async ({ name }: { name: string }) => {
      if (name === 'github-runners') throw new Error('AccessDenied')
      return fleet.services.members.of({ name })
    }
    const result = await findUnattended({ ...fleet.services, members: { of } })({ time })
    expect(result.started).toContain(fleet.agent.id)
    expect(result.left).toContainEqual({ subject: 'pool github-runners', reason: 'AccessDenied' })
  })
})

describe('the sweep for decisions', () => {
  const decided = (at: string): ApprovalRecord => ({
    incidentId: 'inc-1',
    planHash: 'a'.repeat(64),
    taskToken: 'token',
    pool: 'linux-builders',
    summary: '',
    requestedAt: at,
    expiresAt: at,
    approvers: 1,
    approvals: [],
    status: 'approved',
    decision: { decision: 'approved', by: 'me', at, reason: null, planHash: 'a'.repeat(64) },
  })
  const run = async (record: ApprovalRecord, answer: 'answered' | 'gone') => {
    const sent: unknown[] = []
    const marked: string[] = []
    const approvals = {
      unanswered: async () => [record],
      markAnswered: async (id: string) => void marked.push(id),
    } as never
    const callback = {
      succeed: async (_token: string, output: unknown) => {
        sent.push(output)
        return answer
      },
    }
    const state = await repeatDecisions({ approvals, callback, clock: { now: () => new Date(time) } })({ time })
    return { state, sent, marked }
  }

  it('answers the workflow again when its answer was lost', async () => {
    const { state, sent, marked } = await run(decided('2026-03-01T02:00:00.000Z'), 'answered')
    expect(sent).toHaveLength(1)
    expect(state.repeated).toEqual(['inc-1'])
    expect(marked).toEqual(['inc-1'])
  })

  it('lets the decision function answer first', async () => {
    expect((await run(decided('2026-03-01T02:04:30.000Z'), 'answered')).sent).toEqual([])
  })

  it('asks no more of a workflow that no longer waits', async () => {
    const { state, marked } = await run(decided('2026-03-01T02:00:00.000Z'), 'gone')
    expect(state.repeated).toEqual([])
    expect(marked).toEqual(['inc-1'])
  })
})
