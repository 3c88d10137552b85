import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { CommandOutcome } from '../../functions/aws/command-runner.ts'
import { checkVerification } from '../../functions/steps/check-verification.ts'
import { startVerification, verifiedAgent } from '../../functions/steps/start-verification.ts'
import { anEc2Platform, someMetrics } from '../builders/evidence.ts'
import { anAgent, theFleet } from '../builders/incident.ts'
import { planned } from '../builders/plan.ts'
import { fakeLeases } from '../fakes.ts'

const names = ['service-up', 'endpoints-answer', 'clock-right', 'disk-free', 'synthetic-job'] as const
const printed = (results: Partial<Record<(typeof names)[number], string>>): CommandOutcome => {
  const json = JSON.stringify({
    schema: 1,
    tests: names.map((name) => ({ name, result: results[name] ?? 'passed', detail: '' })),
  })
  const stdout = `${json}\nsha256:${createHash('sha256').update(json).digest('hex')}\n`
  return { status: 'finished', succeeded: true, exitCode: 0, stdout, stderr: '', startedAt: null }
}

/** An agent whose parts a test sets; each `look` is one poll, half a minute after the last. */
const aPatient = () => {
  let now = new Date('2026-01-15T02:03:31.000Z').getTime()
  const sent: string[] = []
  const body = {
    smoke: printed({}) as CommandOutcome,
    age: 10 as number | null,
    instance: anEc2Platform(),
    queue: null as ReturnType<typeof someMetrics>['queueDepth'],
    send: undefined as Error | undefined,
  }
  const services = {
    fleet: theFleet(),
    commands: {
      send: async () => {
        if (body.send) throw body.send
        sent.push('smoke-test')
        return `command-${sent.length}`
      },
      outcome: async () => body.smoke,
    },
    instances: { describe: async () => body.instance },
    groups: {},
    tasks: {},
    metrics: {
      heartbeatAges: async () => new Map([[anAgent().id, body.age]]),
      facts: async () => someMetrics({ queueDepth: body.queue }),
    },
    leases: fakeLeases(planned().incident.execution).store,
    clock: { now: () => new Date(now) },
  } as unknown as Parameters<typeof checkVerification>[0] & Parameters<typeof startVerification>[0]
  let state = { ...planned() } as Parameters<ReturnType<typeof checkVerification>>[0]
  return {
    body,
    sent,
    begin: async () => {
      state = await startVerification(services)(state)
    },
    look: async (afterSeconds = 30) => {
      now += afterSeconds * 1000
      const after = await checkVerification(services)(state)
      state = after
      return after.verification
    },
  }
}

describe('verifying a recovery', () => {
  it('passes when smoke tests, platform and a heartbeat since then say so', async () => {
    const patient = aPatient()
    await patient.begin()
    expect((await patient.look()).status).toBe('passed')
  })

  it('waits for a heartbeat that is newer than its beginning', async () => {
    const patient = aPatient()
    patient.body.age = 60
    await patient.begin()
    expect((await patient.look()).status).toBe('pending')
    patient.body.age = 20
    expect((await patient.look()).status).toBe('passed')
  })

  it('never takes what was not run for passed: at the deadline it fails', async () => {
    const patient = aPatient()
    patient.body.smoke = { status: 'undelivered', reason: 'DeliveryTimedOut' }
    await patient.begin()
    const first = await patient.look()
    expect(first.status).toBe('pending')
    expect(first.checks.find(({ name }) => name === 'service-up')).toMatchObject({
      result: 'not-run',
      detail: 'DeliveryTimedOut',
    })
    expect((await patient.look(3600)).status).toBe('failed')
  })

  it('asks a host once more whose service was still coming up, and then believes it', async () => {
    const patient = aPatient()
    patient.body.smoke = printed({ 'service-up': 'failed' })
    await patient.begin()
    expect((await patient.look()).status).toBe('pending')
    expect(patient.sent).toHaveLength(2)
    expect((await patient.look()).status).toBe('failed')
  })

  it('does not believe a smoke test whose output was cut on its way', async () => {
    const patient = aPatient()
    patient.body.smoke = { ...(printed({}) as Extract<CommandOutcome, { status: 'finished' }>), stdout: '{"schema":1' }
    await patient.begin()
    expect((await patient.look()).checks[0]).toMatchObject({
      result: 'not-run',
      detail: expect.stringContaining('checksum'),
    })
  })

  it('fails an agent whose status check fails, whatever its smoke tests say', async () => {
    const patient = aPatient()
    patient.body.instance = anEc2Platform({ systemStatus: 'impaired' })
    await patient.begin()
    await patient.look()
    expect((await patient.look()).status).toBe('failed')
  })

  it('tells of a growing queue and is not decided by it', async () => {
    const patient = aPatient()
    patient.body.queue = { latest: 9, maximum: 9, average: 4, latestAt: '' }
    await patient.begin()
    const after = await patient.look()
    expect(after.status).toBe('passed')
    expect(after.checks.find(({ name }) => name === 'queue')?.result).toBe('failed')
  })

  it('begins though the host refuses the smoke test, and asks again', async () => {
    const patient = aPatient()
    patient.body.send = Object.assign(new Error('not in a valid state'), { name: 'InvalidInstanceId' })
    await patient.begin()
    expect((await patient.look()).status).toBe('pending')
    patient.body.send = undefined
    await patient.look()
    expect((await patient.look()).status).toBe('passed')
  })

  it('verifies the successor of an agent that was replaced', () => {
    const detail = 'successor i-0123456789abcdef0 is in service'
    const result = {
      id: 'a',
      kind: 'replace-instance' as const,
      target: 'i',
      outcome: 'succeeded' as const,
      detail,
      startedAt: null,
      endedAt: '',
      undo: '',
    }
    const state = {
      ...planned(),
      execution: { index: 0, status: 'done' as const, current: null, results: [result], waitSeconds: 0 },
    }
    expect(verifiedAgent(anAgent(), state).id).toBe('i-0123456789abcdef0')
    expect(verifiedAgent(anAgent(), planned()).id).toBe(anAgent().id)
  })
})
