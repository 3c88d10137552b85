import { describe, expect, it } from 'vitest'
import type { AgentRecord } from '../../functions/domain/agent-record.ts'
import { FleetConfigurationError, TransientError } from '../../functions/domain/errors.ts'
import type { Attempt } from '../../functions/domain/incident.ts'
import type { Plan } from '../../functions/domain/plan.ts'
import { earlyWarnings, signalKind, standingFacts } from '../../functions/domain/signal.ts'
import type { Collected, Diagnosed } from '../../functions/domain/workflow.ts'
import { rules } from '../../functions/rules/index.ts'
import { collectMore } from '../../functions/steps/collect-more.ts'
import { diagnose } from '../../functions/steps/diagnose.ts'
import { endAttempt } from '../../functions/steps/end-attempt.ts'
import { planRemediation } from '../../functions/steps/plan-remediation.ts'
import { anEc2Platform, anEcsPlatform, anEvidence } from '../builders/evidence.ts'
import { anAgent, anIncident, aSignal, diagnosed, opened, theFleet } from '../builders/incident.ts'
import { planned } from '../builders/plan.ts'
import { fakeIncidents, fakeLedger, fakeRecords, noStorms, openCalendars } from '../fakes.ts'

interface Scene {
  mode?: 'act' | 'observe' | 'off'
  healthy?: number
  members?: Error
  record?: Partial<AgentRecord>
}
const plan = async (
  state: Diagnosed,
  { mode = 'act', healthy = 3, members, record = {} }: Scene = {},
): Promise<Plan> => {
  const services = {
    fleet: theFleet(),
    undoOf: () => 'undo it',
    controls: {
      mode: async () => ({ mode, reason: null, by: null, setAt: null, expiresAt: null }),
      setMode: async () => {},
    },
    members: {
      of: async () => {
        if (members) throw members
        return Array.from({ length: 4 }, (_, index) => ({
          agent: anAgent({ id: `i-${index}` }),
          inService: true,
          healthy: index < healthy,
          reason: '',
        }))
      },
    },
    ledger: fakeLedger().store,
    records: fakeRecords(record).store,
    storms: noStorms,
    calendars: openCalendars,
    incidents: fakeIncidents().store,
    clock: { now: () => new Date('2026-01-15T02:03:16.000Z') },
  }
  return (await planRemediation(services)(state)).plan
}
const tried = (...rungs: string[]): Attempt[] =>
  rungs.map((rung, index) => ({
    number: index + 1,
    cause: 'service-stopped',
    confidence: 0.9,
    rung,
    outcome: 'not-recovered',
    detail: '',
    actions: [],
    endedAt: '',
  }))
const unreachable = anEvidence({ host: null, ec2: anEc2Platform({ ping: 'ConnectionLost' }) })

describe('planning', () => {
  const change = (id: string) => ({ id, rung: 'restart', kinds: [], at: '2026-01-15T02:00:00.000Z' })
  const recovery = (closedAt: string) => ({
    incidentId: 'inc-before',
    cause: 'service-stopped' as const,
    outcome: 'recovered' as const,
    rungs: ['restart'],
    closedAt,
    depth: 0,
  })

  it('climbs past the rung that mended the same cause a while ago, since it did not last', async () => {
    const planned = await plan(diagnosed('service-stopped'), {
      record: { closures: [recovery('2026-01-15T01:03:16.000Z')] },
    })
    expect(planned).toMatchObject({
      rung: 'reinstall',
      skipped: [{ rung: 'restart', reason: expect.stringContaining('did not last') }],
    })
  })

  it('takes that rung again once the window of the pool is over', async () => {
    const long = { closures: [recovery('2026-01-14T23:03:16.000Z')] }
    expect(await plan(diagnosed('service-stopped'), { record: long })).toMatchObject({ rung: 'restart' })
  })

  it('passes from what it may do alone to what it must ask for once the budget is spent', async () => {
    const spent = { changes: ['a', 'b', 'c'].map(change) }
    expect(await plan(diagnosed('service-stopped'), { record: spent })).toMatchObject({
      rung: 'replace',
      route: 'ask',
      skipped: [
        { rung: 'restart', reason: expect.stringContaining('its limit is 3') },
        { rung: 'reinstall' },
        { rung: 'reinstall' },
      ],
    })
  })

  it('calls a person when the agent could not be quarantined, and does not try that again', async () => {
    expect(await plan(diagnosed('service-stopped', { attempts: tried('restart', 'quarantine') }))).toMatchObject({
      kind: 'stop',
      outcome: 'escalated',
      reason: expect.stringContaining('could not be quarantined'),
    })
  })

  it('calls a person when the successor does not work either', async () => {
    const replaced = {
      id: 'a',
      kind: 'replace-instance' as const,
      target: 'i',
      outcome: 'succeeded' as const,
      detail: 'successor i-0b1b2c3d4e5f60001 is in service',
      startedAt: null,
      endedAt: '',
      undo: '',
    }
    const [before] = tried('replace')
    const attempts = before ? [{ ...before, actions: [replaced] }] : []
    expect(await plan(diagnosed('service-stopped', { attempts }))).toMatchObject({
      kind: 'stop',
      outcome: 'escalated',
      reason: expect.stringContaining('i-0b1b2c3d4e5f60001'),
    })
  })

  it('acts by the first rung when nothing is dear about it', async () => {
    expect(await plan(diagnosed('service-stopped'))).toMatchObject({
      kind: 'act',
      route: 'act',
      rung: 'restart',
      gate: { kind: 'automatic' },
      actions: [{ kind: 'restart-service', id: 'inc-20260115-0a1b2c3d-1-0' }],
    })
  })

  it('asks before it reboots, for as long as the pool says', async () => {
    expect(await plan(diagnosed('ssm-agent-unreachable', { evidence: unreachable }))).toMatchObject({
      route: 'ask',
      rung: 'reboot',
      gate: { kind: 'approval', timeoutSeconds: 3600 },
    })
  })

  it('binds the plan to its actions: another agent or rung has another hash', async () => {
    const hashOf = async (state: Diagnosed) => {
      const made = await plan(state)
      return made.kind === 'act' ? made.hash : ''
    }
    const other = {
      ...anIncident(),
      subject: { kind: 'agent' as const, agent: anAgent({ id: 'i-0b1b2c3d4e5f60009' }) },
    }
    const hashes = await Promise.all([
      hashOf(diagnosed('service-stopped')),
      hashOf(diagnosed('service-stopped', { incident: other })),
      hashOf(diagnosed('service-stopped', { attempts: tried('restart') })),
    ])
    expect(new Set(hashes).size).toBe(3)
    expect(hashes[0]).toBe(await hashOf(diagnosed('service-stopped', { attempt: 2 })))
  })

  it('is refused at the floor, and says how many are left', async () => {
    expect(await plan(diagnosed('ssm-agent-unreachable', { evidence: unreachable }), { healthy: 1 })).toMatchObject({
      route: 'refused',
      gate: { guardrail: 'blast-radius', reason: expect.stringContaining('1 healthy agents of 4') },
    })
  })

  it('is refused when the pool can not be read, and tried again when that may pass', async () => {
    const state = diagnosed('ssm-agent-unreachable', { evidence: unreachable })
    expect(await plan(state, { members: new Error('not authorized') })).toMatchObject({ route: 'refused' })
    await expect(plan(state, { members: new TransientError('5xx') })).rejects.toThrow(TransientError)
  })

  it('lets a group and a service heal by themselves, and only verifies', async () => {
    expect(await plan(diagnosed('instance-impaired'))).toMatchObject({
      kind: 'verify',
      rung: 'let-group-replace',
      reason: expect.stringContaining('Auto Scaling group linux-builders'),
    })
    const subject = {
      kind: 'agent' as const,
      agent: anAgent({ pool: 'container-builders', model: 'ecs', id: 'arn:aws:ecs:x' }),
    }
    const service = { name: 'container-builders', desired: 2, running: 1, pending: 1, rollout: null }
    const state = diagnosed('ecs-task-out-of-memory', {
      incident: anIncident({ subject }),
      evidence: anEvidence({ ecs: anEcsPlatform({ lastStatus: 'STOPPED', service }) }),
    })
    expect(await plan(state)).toMatchObject({ kind: 'verify', rung: 'let-service-replace' })
  })

  it('never undoes what somebody did on purpose', async () => {
    expect(await plan(diagnosed('instance-stopped-on-purpose'))).toMatchObject({
      kind: 'stop',
      outcome: 'escalated',
      asked: expect.stringContaining('nothing was changed'),
    })
  })

  it('quarantines at the end of a ladder, at the limit of attempts and without a cause', async () => {
    const end = { kind: 'act', route: 'act', rung: 'quarantine', afterwards: 'escalate' }
    expect(await plan(diagnosed('disk-full', { attempts: tried('free-disk-space', 'replace') }))).toMatchObject(end)
    expect(await plan(diagnosed('service-stopped', { attempts: tried('a', 'b', 'c', 'd', 'e') }))).toMatchObject(end)
    expect(await plan(diagnosed('unknown'))).toMatchObject(end)
  })

  it('tells of an early warning and acts on none, whatever the evidence is', async () => {
    for (const kind of earlyWarnings)
      for (const cause of ['healthy-false-alarm', 'service-stopped', 'unknown'] as const)
        expect(await plan(diagnosed(cause, { incident: anIncident({ signal: aSignal({ kind }) }) }))).toMatchObject({
          kind: 'stop',
          outcome: 'observed',
          asked: null,
        })
  })

  it('does not call it a false alarm when the agent works on, and what was told stands', async () => {
    for (const kind of standingFacts)
      expect(
        await plan(diagnosed('healthy-false-alarm', { incident: anIncident({ signal: aSignal({ kind }) }) })),
      ).toMatchObject({ kind: 'stop', outcome: 'escalated', asked: expect.stringContaining('meant') })
  })

  it('changes no agent for a signal of any kind that speaks for a pool', async () => {
    const subject = { kind: 'pool' as const, account: '111122223333', region: 'eu-central-1', pool: 'linux-builders' }
    for (const kind of signalKind.options) {
      const stopped = await plan(
        diagnosed('unknown', { incident: anIncident({ subject, signal: aSignal({ kind, subject }) }) }),
      )
      expect(stopped).toMatchObject({ kind: 'stop', outcome: expect.stringMatching(/escalated|observed/) })
    }
  })

  it('calls a false alarm by its name, and a recovery by itself is verified first', async () => {
    expect(await plan(diagnosed('healthy-false-alarm'))).toMatchObject({
      kind: 'stop',
      outcome: 'false-alarm',
      asked: null,
    })
    expect(await plan(diagnosed('healthy-false-alarm', { attempts: tried('restart') }))).toMatchObject({
      kind: 'verify',
      rung: 'verify',
    })
  })

  it('changes nothing in observe mode, and says what it would have done', async () => {
    const observed = { incident: anIncident({ mode: 'observe' }) }
    expect(await plan(diagnosed('service-stopped', observed))).toMatchObject({
      kind: 'stop',
      outcome: 'observed',
      reason: expect.stringContaining('restart-service'),
    })
    expect(await plan(diagnosed('unknown', observed))).toMatchObject({ kind: 'stop', outcome: 'observed' })
  })

  it('changes no single agent for a signal about a whole pool', async () => {
    const subject = { kind: 'pool' as const, account: '111122223333', region: 'eu-central-1', pool: 'linux-builders' }
    expect(await plan(diagnosed('disk-full', { incident: anIncident({ subject }) }))).toMatchObject({
      kind: 'stop',
      outcome: 'escalated',
    })
  })

  it('throws when the pool has left the fleet', async () => {
    const incident = anIncident({ subject: { kind: 'agent', agent: anAgent({ pool: 'gone' }) } })
    await expect(plan(diagnosed('disk-full', { incident }))).rejects.toThrow(FleetConfigurationError)
  })
})

describe('diagnosing', () => {
  const run = (state: Collected) => diagnose({ fleet: theFleet(), rules })(state)

  it('asks for the console at most twice, then decides by what it has', async () => {
    let state: Collected = { ...opened(), evidence: unreachable }
    const asked: number[] = []
    for (let round = 0; round < 4; round += 1) {
      const after = await run(state)
      asked.push(after.diagnosis.needs.length)
      state = after
    }
    expect(asked).toEqual([1, 1, 0, 0])
  })

  it('reads what was asked for and puts it beside the rest', async () => {
    const console = {
      status: 'observed' as const,
      at: '',
      channel: 'console-output' as const,
      source: '',
      value: { lines: ['boot'], capturedAt: null },
    }
    const state = await run({ ...opened(), evidence: unreachable })
    const more = await collectMore({ collectors: { console: async () => console } })(state)
    expect(more.evidence.console).toEqual(console)
    expect(more.evidence.host).toEqual(unreachable.host)
  })

  it('gives a pool as the scope of a signal about a pool', async () => {
    const subject = { kind: 'pool' as const, account: '111122223333', region: 'eu-central-1', pool: 'linux-builders' }
    const incident = anIncident({ subject, signal: aSignal({ subject }) })
    expect((await run({ ...opened({ incident }), evidence: anEvidence() })).diagnosis.scope).toBe('pool')
  })
})

describe('ending an attempt', () => {
  const records = fakeRecords()
  const end = (state: Parameters<ReturnType<typeof endAttempt>>[0]) =>
    endAttempt({
      incidents: fakeIncidents().store,
      records: records.store,
      clock: { now: () => new Date('2026-01-15T02:10:00.000Z') },
    })(state)
  const verification = {
    status: 'failed' as const,
    startedAt: '',
    deadline: '',
    commandId: null,
    agentId: null,
    checks: [{ name: 'heartbeat', result: 'not-run' as const, detail: 'none' }],
    waitSeconds: 30,
  }

  it('keeps what was tried and clears the way for fresh evidence', async () => {
    const after = await end({ ...planned(), verification })
    expect(after).toEqual({
      ...opened({ attempt: 2 }),
      attempts: [
        expect.objectContaining({ rung: 'reboot', outcome: 'not-recovered', detail: 'heartbeat not-run: none' }),
      ],
    })
  })

  it('remembers a replacement whose successor does not work', async () => {
    const result = {
      id: 'a',
      kind: 'replace-instance' as const,
      target: 'i',
      outcome: 'succeeded' as const,
      detail: 'successor i-0b1b2c3d4e5f60001 is in service',
      startedAt: null,
      endedAt: '',
      undo: '',
    }
    await end({
      ...planned(),
      execution: { index: 0, status: 'done', current: null, results: [result], waitSeconds: 0 },
      verification,
    })
    expect(records.replacements).toMatchObject([{ successor: 'i-0b1b2c3d4e5f60001', works: false }])
  })

  it('says voided of a plan that the world overtook, and action-failed of one that broke', async () => {
    const voided = await end({ ...planned(), recheck: { status: 'void', reason: 'works again', at: '' } })
    expect(voided.attempts[0]).toMatchObject({ outcome: 'voided', detail: 'works again' })
    const result = {
      id: 'a',
      kind: 'reboot' as const,
      target: 'i',
      outcome: 'failed' as const,
      detail: 'impaired',
      startedAt: null,
      endedAt: '',
      undo: '',
    }
    const broken = await end({
      ...planned(),
      execution: { index: 0, status: 'failed', current: null, results: [result], waitSeconds: 0 },
    })
    expect(broken.attempts[0]).toMatchObject({
      outcome: 'action-failed',
      detail: 'reboot: impaired',
      actions: [result],
    })
  })
})
