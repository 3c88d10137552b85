import { createHash } from 'node:crypto'
import type { HostCommandResult, HostProbe, HostSmokeTest } from '../../functions/domain/host-probe.ts'
import { ailmentOf, callsAws, diskPercent, type Host, settle, startUnit, stopUnit, writeLog } from './host.ts'
import type { Timeline } from './timeline.ts'

/** What a script leaves: its output, exit code and how long it ran. */
export interface CommandRun {
  stdout: string
  stderr: string
  exitCode: number
  seconds: number
}
type Parameters = Record<string, string>

const printed = (value: object): string => {
  const json = JSON.stringify(value)
  return `${json}\nsha256:${createHash('sha256').update(json).digest('hex')}\n`
}

const probe = (
  host: Host,
  { Unit = '', ConfigPath = '', ConfigParameter = '', Endpoints = '' }: Parameters,
  { now }: Timeline,
): HostProbe => {
  const { service, memory, clock, network } = host
  const at = now().getTime()
  const exists = Unit === host.profile.host?.unit
  return {
    schema: 1,
    bootId: `00000000-0000-4000-8000-${String(host.boots).padStart(12, '0')}`,
    uptimeSeconds: Math.max(0, Math.floor((at - host.bootedAt.getTime()) / 1000)),
    epochSeconds: Math.floor(at / 1000 + clock.offsetSeconds),
    service: {
      unit: Unit,
      load: exists ? 'loaded' : 'not-found',
      state: exists ? service.state : 'inactive',
      enabled: exists ? (service.enabled ? 'enabled' : 'disabled') : null,
      result: exists ? service.result : null,
      restarts: exists ? service.restarts : null,
      // A process that has not ended has no exit code.
      exitCode: exists && service.state !== 'active' ? service.exitCode : null,
      mainPid: service.state === 'active' ? 1200 + host.boots : 0,
      activeSinceEpochSeconds: service.state === 'active' ? Math.floor(service.since.getTime() / 1000) : null,
    },
    disks: Object.entries(host.disks).map(([mount, disk]) => ({
      mount,
      usedPercent: diskPercent(disk),
      freeBytes: disk.totalBytes - disk.usedBytes,
      inodesUsedPercent: disk.inodesUsedPercent,
    })),
    memory: {
      totalBytes: memory.totalBytes,
      availableBytes: Math.round(memory.totalBytes * (1 - memory.usedPercent / 100)),
      oomKillsLastHour: memory.oomKillAt && at - memory.oomKillAt.getTime() < 3_600_000 ? 1 : 0,
    },
    load: { cpus: 2, oneMinute: 0.4 },
    clock: { synchronised: clock.synchronised, offsetSeconds: clock.offsetSeconds },
    config: {
      path: ConfigPath || null,
      exists: ConfigPath ? true : null,
      matchesStored: ConfigPath && ConfigParameter && host.storedConfig ? host.config === 'fine' : null,
      comparison: ConfigParameter
        ? host.storedConfig
          ? null
          : 'the parameter could not be read'
        : 'no parameter was named',
    },
    endpoints: Endpoints.split(',')
      .filter(Boolean)
      .map((each) => {
        const [name = '', port = '443'] = each.split(':')
        const connected = network.dns && network.egress
        return {
          host: name,
          port: Number(port),
          dns: network.dns ? ('resolved' as const) : ('failed' as const),
          connect: !network.dns
            ? ('not-tried' as const)
            : network.egress
              ? ('connected' as const)
              : ('timed-out' as const),
          tls: !connected ? ('not-tried' as const) : network.tls ? ('verified' as const) : ('failed' as const),
        }
      }),
    logLines: host.log.slice(-20).map(({ message }) => message),
  }
}

const smokeTest = (
  host: Host,
  { MinFreePercent = '10', SyntheticJob = 'none', WorkspacePath = '', Unit = '', Endpoints = '' }: Parameters,
  timeline: Timeline,
): HostSmokeTest => {
  const result = (passed: boolean) => (passed ? ('passed' as const) : ('failed' as const))
  const fullest = Object.entries(host.disks).sort(([, a], [, b]) => diskPercent(b) - diskPercent(a))[0]
  const used = fullest ? diskPercent(fullest[1]) : 100
  const up = Unit === host.profile.host?.unit && host.service.state === 'active'
  const runsJobs = up && !host.hung && ailmentOf(host) === null
  return {
    schema: 1,
    tests: [
      { name: 'service-up', result: result(up), detail: `unit ${Unit} is ${host.service.state}` },
      Endpoints === ''
        ? { name: 'endpoints-answer', result: 'not-run' as const, detail: 'no endpoints are configured' }
        : { name: 'endpoints-answer', result: result(callsAws(host, timeline.now())), detail: 'TLS to every endpoint' },
      {
        name: 'clock-right',
        result: result(Math.abs(host.clock.offsetSeconds) < 120),
        detail: `offset ${host.clock.offsetSeconds} s`,
      },
      {
        name: 'disk-free',
        result: result(100 - used >= Number(MinFreePercent)),
        detail: `${fullest?.[0] ?? 'disk'} is ${used} % full`,
      },
      SyntheticJob === 'none'
        ? { name: 'synthetic-job', result: 'not-run' as const, detail: 'the profile names no synthetic job' }
        : {
            name: 'synthetic-job',
            result: result(runsJobs),
            detail: `wrote, read and removed a file in ${WorkspacePath}`,
          },
    ],
  }
}

type Change = (
  host: Host,
  parameters: Parameters,
  timeline: Timeline,
) => Omit<HostCommandResult, 'schema' | 'actionId' | 'command'>

const started = (host: Host, timeline: Timeline, what: string): ReturnType<Change> => {
  const runs = startUnit(host, timeline)
  const { state, result, exitCode } = host.service
  return runs
    ? { result: 'changed', detail: `${what}; the unit is active`, facts: { state } }
    : {
        result: 'failed',
        detail: `${what}; the unit is ${state} (${result}, exit code ${exitCode})`,
        facts: { state, exitCode },
      }
}

/** The changing commands, each with no more effect than its script has in life. */
const changes: Record<string, Change> = {
  'restart-service': (host, _parameters, timeline) => started(host, timeline, 'the unit was restarted'),
  'start-service': (host, _parameters, timeline) => started(host, timeline, 'the unit was started'),
  'stop-service': (host, _parameters, timeline) => {
    stopUnit(host, timeline)
    return { result: 'changed', detail: 'the unit is stopped', facts: {} }
  },
  'free-disk-space': (host) => {
    const freed = Object.values(host.disks).reduce((sum, disk) => {
      const bytes = Math.min(disk.removableBytes, disk.usedBytes)
      disk.usedBytes -= bytes
      disk.removableBytes = 0
      return sum + bytes
    }, 0)
    return freed > 0
      ? { result: 'changed', detail: `${freed} bytes were freed`, facts: { freedBytes: freed } }
      : { result: 'unchanged', detail: 'nothing old and unused was found', facts: { freedBytes: 0 } }
  },
  'restore-config': (host, { ConfigParameter = '' }, timeline) => {
    if (!host.storedConfig || !callsAws(host, timeline.now()))
      return {
        result: 'failed',
        detail: `parameter ${ConfigParameter} could not be read with the host's role`,
        facts: {},
      }
    host.config = 'fine'
    return started(host, timeline, 'the configuration was restored')
  },
  'reinstall-agent': (host, _parameters, timeline) => {
    if (host.software === 'broken') host.software = 'fine'
    host.lastsSeconds = null
    return started(host, timeline, 'the package was installed anew')
  },
}

/** Runs a document of ours on the host; undefined for one that does not exist. */
export const runCommand = (
  host: Host,
  script: string,
  parameters: Parameters,
  timeline: Timeline,
): CommandRun | undefined => {
  if (script === 'probe-agent')
    return { stdout: printed(probe(host, parameters, timeline)), stderr: '', exitCode: 0, seconds: 4 }
  if (script === 'smoke-test') {
    return { stdout: printed(smokeTest(host, parameters, timeline)), stderr: '', exitCode: 0, seconds: 5 }
  }
  const change = changes[script]
  if (!change) return undefined
  const { ActionId: actionId = '' } = parameters
  const before = host.ran.get(actionId)
  if (before !== undefined)
    return { stdout: before, stderr: '', exitCode: before.includes('"result":"failed"') ? 1 : 0, seconds: 1 }
  writeLog(host, timeline.now(), `INFO agent-medic ${script}`)
  const outcome = change(host, parameters, timeline)
  settle(host, timeline)
  const stdout = printed({ schema: 1, actionId, command: script, ...outcome })
  host.ran.set(actionId, stdout)
  return {
    stdout,
    stderr: '',
    exitCode: outcome.result === 'failed' ? 1 : 0,
    seconds: script === 'reinstall-agent' ? 40 : 8,
  }
}
