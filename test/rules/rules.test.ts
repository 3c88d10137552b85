import { describe, expect, it } from 'vitest'
import { cause } from '../../functions/domain/cause.ts'
import type { Evidence } from '../../functions/domain/evidence.ts'
import { profileOf } from '../../functions/domain/load-fleet.ts'
import type { Signal } from '../../functions/domain/signal.ts'
import { rules } from '../../functions/rules/index.ts'
import { rankFindings } from '../../functions/rules/rank.ts'
import { matched, notMatched } from '../../functions/rules/rule.ts'
import { aHostProbe, anEc2Platform, anEcsPlatform, anEvidence, someMetrics, unseen } from '../builders/evidence.ts'
import { aPool, aSignal, theFleet } from '../builders/incident.ts'

const judge = (evidence: Evidence, signal: Signal = aSignal(), poolName = 'linux-builders') => {
  const pool = aPool({}, poolName)
  const context = { signal, pool, profile: profileOf(theFleet(), pool) }
  const findings = rules.map((rule) => rule.judge(evidence, context))
  return {
    ranked: rankFindings(rules, findings, evidence),
    of: (name: string) => findings.find((finding) => finding.cause === name),
  }
}
const silent = someMetrics({ heartbeat: { lastSeenSecondsAgo: 611, recentCount: 0 } })
const stopped = (of: Parameters<typeof aHostProbe>[0] = {}) =>
  aHostProbe({ ...of, service: { state: 'inactive', ...of.service } })
const peak = (maximum: number) => ({ latest: 40, maximum, average: 50, latestAt: '2026-01-15T02:02:00.000Z' })

describe('the registry of rules', () => {
  it('has exactly one rule for each cause', () => {
    expect(rules.map((rule) => rule.cause).sort()).toEqual([...cause.options].sort())
  })

  it('lets no rule explain itself, directly or in a circle', () => {
    const reach = (from: string, seen: string[] = []): string[] => {
      const next = rules.find((rule) => rule.cause === from)?.explains ?? []
      return next.flatMap((each) => (seen.includes(each) ? [each] : [each, ...reach(each, [...seen, each])]))
    }
    for (const rule of rules) expect(reach(rule.cause)).not.toContain(rule.cause)
  })

  it('matches nothing when nothing could be seen', () => {
    const blind: Evidence = {
      host: unseen('ssm'),
      platform: unseen('ec2-api'),
      metrics: unseen('metrics'),
      logs: unseen('logs'),
    }
    const { ranked } = judge(blind)
    expect(ranked.cause).toBe('unknown')
    expect(ranked.findings.filter(({ outcome }) => outcome === 'matched')).toEqual([])
  })
})

describe('root causes', () => {
  it('is service-stopped when the unit is down and the host is well', () => {
    expect(judge(anEvidence({ host: stopped(), metrics: silent })).ranked).toMatchObject({
      cause: 'service-stopped',
      symptoms: [],
    })
  })

  it('is the full disk and not the service that it stopped', () => {
    const host = stopped({ disks: [{ mount: '/work', usedPercent: 100, freeBytes: 0, inodesUsedPercent: 20 }] })
    expect(judge(anEvidence({ host, metrics: silent })).ranked).toMatchObject({
      cause: 'disk-full',
      symptoms: ['service-stopped'],
    })
  })

  it('is no full disk at 92 % without an ENOSPC line, and one with it', () => {
    const host = stopped({ disks: [{ mount: '/work', usedPercent: 92, freeBytes: 8, inodesUsedPercent: 20 }] })
    expect(judge(anEvidence({ host })).ranked.cause).toBe('service-stopped')
    expect(judge(anEvidence({ host, logs: ['write failed: no space left on device'] })).ranked.cause).toBe('disk-full')
  })

  it('is memory when the kernel killed the agent', () => {
    const host = aHostProbe({
      service: { state: 'failed', result: 'oom-kill', exitCode: 137 },
      memory: { totalBytes: 8, availableBytes: 4, oomKillsLastHour: 1 },
    })
    expect(judge(anEvidence({ host })).ranked).toMatchObject({ cause: 'memory-exhausted', confidence: 0.95 })
  })

  it('does not take exit 137 alone for memory: a stop time-out ends so too', () => {
    const host = aHostProbe({ service: { state: 'failed', result: 'signal', exitCode: 137 } })
    expect(judge(anEvidence({ host })).of('memory-exhausted')?.outcome).toBe('not-matched')
    const metrics = someMetrics({ memoryPercent: peak(94) })
    expect(judge(anEvidence({ host, metrics })).ranked).toMatchObject({ cause: 'memory-exhausted', confidence: 0.75 })
  })

  it('does not decide about exit 137 when neither kernel nor metric could be read', () => {
    const host = aHostProbe({
      service: { state: 'failed', exitCode: 137 },
      memory: { totalBytes: 8, availableBytes: 4, oomKillsLastHour: null },
    })
    expect(judge(anEvidence({ host, metrics: null })).of('memory-exhausted')?.outcome).toBe('insufficient-evidence')
  })

  it('is the configuration when the file differs and the agent does not start', () => {
    const host = stopped({ config: { path: '/etc/w.json', exists: true, matchesStored: false, comparison: null } })
    const logs = ['FATAL could not parse config /etc/w.json: unexpected end of input']
    expect(judge(anEvidence({ host, logs })).ranked).toMatchObject({ cause: 'config-corrupt', confidence: 0.97 })
  })

  it('is no corrupt configuration while the agent runs with it', () => {
    const host = aHostProbe({ config: { path: '/etc/w.json', exists: true, matchesStored: false, comparison: null } })
    expect(judge(anEvidence({ host })).of('config-corrupt')?.outcome).toBe('not-matched')
  })

  it('is a crash loop when systemd gave up and the configuration is right', () => {
    const host = aHostProbe({ service: { state: 'failed', result: 'start-limit-hit', restarts: 5, exitCode: 2 } })
    expect(judge(anEvidence({ host })).ranked.cause).toBe('service-crash-loop')
  })

  it('is the failed status check and not the silence behind it', () => {
    const ec2 = anEc2Platform({ systemStatus: 'impaired', instanceStatus: 'impaired', ping: 'ConnectionLost' })
    expect(judge(anEvidence({ host: null, ec2, metrics: silent })).ranked.cause).toBe('instance-impaired')
  })

  it('takes no initialising check for a failed one', () => {
    const ec2 = anEc2Platform({ systemStatus: 'initializing', instanceStatus: 'initializing' })
    expect(judge(anEvidence({ ec2 })).of('instance-impaired')?.outcome).toBe('not-matched')
  })

  it('is the SSM agent when EC2 is well and nothing answers; and asks for the console once', () => {
    const evidence = anEvidence({ host: null, ec2: anEc2Platform({ ping: 'ConnectionLost' }), metrics: silent })
    const { ranked } = judge(evidence)
    expect(ranked).toMatchObject({ cause: 'ssm-agent-unreachable', needs: ['console'] })
    const console = {
      status: 'unavailable' as const,
      at: '',
      channel: 'console-output' as const,
      source: '',
      reason: 'none',
    }
    expect(judge({ ...evidence, console }).ranked.needs).toEqual([])
  })

  it('is the missing profile, and not the SSM agent that it cuts off', () => {
    const ec2 = anEc2Platform({ instanceProfileArn: null, ping: 'ConnectionLost' })
    expect(judge(anEvidence({ host: null, ec2, metrics: silent })).ranked).toMatchObject({
      cause: 'instance-profile-missing',
      symptoms: ['ssm-agent-unreachable'],
    })
  })

  it('does not take a profile that could not be read for a missing one', () => {
    const { instanceProfileArn: _gone, ...ec2 } = anEc2Platform()
    expect(judge(anEvidence({ ec2 })).of('instance-profile-missing')?.outcome).toBe('insufficient-evidence')
  })

  it('is on purpose when the API was used, and never when the host gave out', () => {
    const by = (stateReasonCode: string) =>
      anEvidence({ host: null, ec2: anEc2Platform({ state: 'stopped', stateReasonCode, ping: 'ConnectionLost' }) })
    expect(judge(by('Client.UserInitiatedShutdown')).ranked.cause).toBe('instance-stopped-on-purpose')
    expect(judge(by('Server.SpotInstanceTermination')).ranked.cause).toBe('unknown')
  })

  it('reads out of memory off the container, and not off exit 137', () => {
    const killed = (reason: string | null) =>
      anEvidence({
        ecs: anEcsPlatform({
          lastStatus: 'STOPPED',
          containers: [{ name: 'build-agent', lastStatus: 'STOPPED', exitCode: 137, reason }],
        }),
      })
    expect(
      judge(killed('OutOfMemoryError: Container killed due to memory usage'), aSignal(), 'container-builders').ranked
        .cause,
    ).toBe('ecs-task-out-of-memory')
    expect(judge(killed(null), aSignal(), 'container-builders').ranked.cause).toBe('unknown')
  })
})

describe('healthy-false-alarm', () => {
  it('takes host, heartbeat and platform together', () => {
    expect(judge(anEvidence()).ranked.cause).toBe('healthy-false-alarm')
  })

  it.each([
    ['the host', anEvidence({ host: null })],
    ['the heartbeat', anEvidence({ metrics: null })],
    ['the platform', anEvidence({ ec2: null })],
  ])('does not call an agent well when %s could not be seen', (_what, evidence) => {
    expect(judge(evidence).of('healthy-false-alarm')?.outcome).toBe('insufficient-evidence')
  })

  it('does not call an agent well whose heartbeat is old, though its unit is active', () => {
    expect(judge(anEvidence({ metrics: silent })).ranked.cause).toBe('unknown')
  })
})

describe('ranking', () => {
  it('leaves the decision to a person when two causes that do not explain each other are as likely', () => {
    const likely = new Set(['instance-impaired', 'instance-profile-missing'])
    const findings = rules.map((rule) =>
      likely.has(rule.cause) ? matched(rule.cause, 0.9, []) : notMatched(rule.cause, 'no'),
    )
    const ranked = rankFindings(rules, findings, anEvidence())
    expect(ranked).toMatchObject({
      cause: 'unknown',
      explanation: expect.stringContaining('neither explains the other'),
    })
  })
})
