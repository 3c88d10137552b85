import type { AgentProfile, Pool } from '../../functions/domain/fleet.ts'
import { createPeriods, type Periods } from './periods.ts'
import type { Timeline } from './timeline.ts'

/** Why the agent's process can't run, with what it leaves behind; the first that applies speaks. */
export interface Ailment {
  result: 'exit-code' | 'oom-kill' | 'start-limit-hit' | 'success'
  exitCode: number
  log: string
}

/** A Linux host that runs an agent: what a fault changes, and what an action may change in life. */
export interface Host {
  id: string
  pool: Pool
  profile: AgentProfile
  /** Powered and booted. */
  up: boolean
  bootedAt: Date
  boots: number
  service: {
    enabled: boolean
    state: 'active' | 'inactive' | 'failed'
    result: string
    exitCode: number
    restarts: number
    since: Date
  }
  /** Running, but doing nothing: a restart mends it. */
  hung: boolean
  software: 'fine' | 'broken' | 'broken-for-good'
  /** How long the process lasts after a start; null for good. */
  lastsSeconds: number | null
  config: 'fine' | 'corrupt'
  /** The stored copy in Parameter Store can be read by the host's role. */
  storedConfig: boolean
  disks: Record<string, { totalBytes: number; usedBytes: number; removableBytes: number; inodesUsedPercent: number }>
  memory: { totalBytes: number; usedPercent: number; peakPercent: number; oomKillAt: Date | null }
  clock: { offsetSeconds: number; synchronised: boolean }
  ssmAgent: 'running' | 'dead' | 'dead-until-boot'
  network: { dns: boolean; egress: boolean; tls: boolean }
  /** When the credentials of the instance run out; null while a profile renews them. */
  credentialsUntil: Date | null
  log: { at: Date; message: string }[]
  /** Results of changing commands by action id: the host refuses a second run. */
  ran: Map<string, string>
  working: Periods
  reachable: Periods
}

const gib = 1024 ** 3

export const createHost = (id: string, pool: Pool, profile: AgentProfile, bootedAt: Date, up: boolean): Host => ({
  id,
  pool,
  profile,
  up,
  bootedAt,
  boots: 1,
  service: {
    enabled: true,
    state: up ? 'active' : 'inactive',
    result: 'success',
    exitCode: 0,
    restarts: 0,
    since: bootedAt,
  },
  hung: false,
  software: 'fine',
  lastsSeconds: null,
  config: 'fine',
  storedConfig: pool.state.configParameter !== undefined,
  disks: {
    '/': { totalBytes: 20 * gib, usedBytes: 8 * gib, removableBytes: gib, inodesUsedPercent: 12 },
    [profile.host?.workspacePath ?? '/workspace']: {
      totalBytes: 100 * gib,
      usedBytes: 40 * gib,
      removableBytes: 20 * gib,
      inodesUsedPercent: 20,
    },
  },
  memory: { totalBytes: 8 * gib, usedPercent: 45, peakPercent: 55, oomKillAt: null },
  clock: { offsetSeconds: 0.002, synchronised: true },
  ssmAgent: 'running',
  network: { dns: true, egress: true, tls: true },
  credentialsUntil: null,
  log: [],
  ran: new Map(),
  working: createPeriods(),
  reachable: createPeriods(),
})

export const diskPercent = ({ totalBytes, usedBytes }: Host['disks'][string]): number =>
  Math.round((usedBytes / totalBytes) * 1000) / 10

const fullDisk = (host: Host): [string, Host['disks'][string]] | undefined =>
  Object.entries(host.disks).find(([, disk]) => diskPercent(disk) >= 99.5)

/** Why the agent's process ends when it is started now; null when it runs. */
export const ailmentOf = (host: Host): Ailment | null => {
  const full = fullDisk(host)
  if (full) return { result: 'exit-code', exitCode: 1, log: `ERROR write ${full[0]}/job.lock: no space left on device` }
  if (host.config === 'corrupt')
    return {
      result: 'start-limit-hit',
      exitCode: 1,
      log: `FATAL could not parse config ${host.profile.host?.configPath ?? ''}: unexpected end of input`,
    }
  if (host.software !== 'fine')
    return { result: 'exit-code', exitCode: 203, log: 'systemd: main process exited, code=exited, status=203/EXEC' }
  return null
}

/** Credentials, a clock within the five minutes that SigV4 allows, and a way out: what each call to AWS takes. */
export const callsAws = (host: Host, now: Date): boolean =>
  host.up &&
  host.network.dns &&
  host.network.egress &&
  host.network.tls &&
  Math.abs(host.clock.offsetSeconds) < 300 &&
  (host.credentialsUntil === null || host.credentialsUntil > now)

/** Run Command needs all of that, the SSM agent, and a root disk that takes the command's files. */
export const isReachable = (host: Host, now: Date): boolean => {
  const root = host.disks['/']
  return callsAws(host, now) && host.ssmAgent === 'running' && root !== undefined && diskPercent(root) < 99.9
}

const isWorking = (host: Host, now: Date): boolean =>
  callsAws(host, now) && host.service.state === 'active' && !host.hung

/** Reads off the host's state whether it works and is reached; called after each change. */
export const settle = (host: Host, { now }: Timeline): void => {
  host.working.set(isWorking(host, now()), now())
  host.reachable.set(isReachable(host, now()), now())
}

export const writeLog = (host: Host, at: Date, message: string): void => {
  host.log.push({ at, message: `${at.toISOString()} ${message}` })
}

/** systemd starts the unit: it runs when nothing ails it, else it ends as the ailment says. */
export const startUnit = (host: Host, timeline: Timeline): boolean => {
  const now = timeline.now()
  const ailment = ailmentOf(host)
  host.hung = false
  if (ailment) {
    writeLog(host, now, ailment.log)
    const loops = ailment.result === 'start-limit-hit'
    host.service = {
      ...host.service,
      state: 'failed',
      result: ailment.result,
      exitCode: ailment.exitCode,
      restarts: loops ? 5 : 0,
      since: now,
    }
  } else {
    host.service = { ...host.service, state: 'active', result: 'success', exitCode: 0, restarts: 0, since: now }
    writeLog(host, now, 'INFO agent started, polling for jobs')
    if (host.lastsSeconds !== null) timeline.after(host.lastsSeconds, () => endProcess(host, now, timeline))
  }
  settle(host, timeline)
  return ailment === null
}

/** The process that was started then ends by itself; one that was started since lives on. */
const endProcess = (host: Host, startedAt: Date, timeline: Timeline): void => {
  const { state, since } = host.service
  if (host.lastsSeconds === null || state !== 'active' || since.getTime() !== startedAt.getTime()) return
  const now = timeline.now()
  writeLog(host, now, 'FATAL unhandled exception in worker pool, exiting')
  host.service = { ...host.service, state: 'failed', result: 'exit-code', exitCode: 1, since: now }
  settle(host, timeline)
}

export const stopUnit = (host: Host, timeline: Timeline): void => {
  host.service = { ...host.service, state: 'inactive', result: 'success', since: timeline.now() }
  settle(host, timeline)
}

/** A boot: a new boot id, enabled units start, chrony steps the clock, what died with the SSM agent's process comes back. */
export const boot = (host: Host, timeline: Timeline): void => {
  host.up = true
  host.boots += 1
  host.bootedAt = timeline.now()
  host.clock = { offsetSeconds: 0.001, synchronised: true }
  host.memory = { ...host.memory, usedPercent: 40 }
  if (host.ssmAgent === 'dead-until-boot') host.ssmAgent = 'running'
  if (host.service.enabled) startUnit(host, timeline)
  settle(host, timeline)
}

export const powerOff = (host: Host, timeline: Timeline): void => {
  host.up = false
  host.service = { ...host.service, state: 'inactive', since: timeline.now() }
  settle(host, timeline)
}
