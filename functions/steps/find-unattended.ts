import { createHash } from 'node:crypto'
import type { AgentDirectory } from '../aws/agent-directory.ts'
import type { Alarms, AlarmView } from '../aws/alarms.ts'
import type { Executions } from '../aws/executions.ts'
import type { Instances } from '../aws/instances.ts'
import type { LeaseStore } from '../aws/lease-store.ts'
import type { Member, PoolMembers } from '../aws/pool-members.ts'
import { poolNameOf, poolOf, type Subject, subjectKey, subjectLabel } from '../domain/agent.ts'
import { earlyWarnings, type Signal } from '../domain/signal.ts'
import { heldBack } from '../domain/storm.ts'
import { type Swept, sweepDetailType, sweepSource } from '../domain/sweep.ts'
import { secondsBetween } from '../domain/time.ts'
import { cloudwatchAlarm } from '../signals/cloudwatch-alarm.ts'
import { advanceStorm, type StormServices } from './storms.ts'
import { type SuppressionServices, suppressionOf } from './suppression.ts'

export interface FindServices extends SuppressionServices, StormServices {
  alarms: Alarms
  directory: AgentDirectory
  executions: Executions
  instances: Instances
  leases: LeaseStore
  members: PoolMembers
}

interface Candidate {
  signal: Signal
  due: boolean
}
type Members = ReadonlyMap<string, Member>

/** Executions that one sweep starts: what is beyond waits for the next. */
const atMost = 25
/** A new instance boots and starts its agent in this time; before, its silence says nothing. */
const launchSeconds = 900
/** Signals that are over as soon as the agent works; a removed profile, say, is not. */
const overWhenHealthy: ReadonlySet<Signal['kind']> = new Set<Signal['kind']>([
  'heartbeat-missing',
  'metric-alarm',
  'composite-alarm',
  'command-failed',
  'association-failed',
  ...earlyWarnings,
])

/**
 * Takes up what no event brings any more: alarms that still are in ALARM, agents that should work and are silent, and
 * signals that were suppressed. Events come once, at the transition, and some of them never; this comes every five minutes.
 * Whoever has an open incident, or is suppressed still, is left alone with the reason. A repeat starts nothing twice: the
 * execution's name is of the subject and this sweep.
 */
export const findUnattended =
  (services: FindServices) =>
  async (state: Swept): Promise<Swept> => {
    const { mode, reason } = await services.controls.mode()
    if (mode === 'off')
      return { ...state, started: [], left: [{ subject: 'fleet', reason: `mode is off: ${reason ?? ''}` }] }
    const { members, problems } = await readMembers(services)
    await advanceStorms(members, services)
    const started: string[] = []
    const left: { subject: string; reason: string }[] = [...problems]
    for (const { signal, due } of await candidates(members, services)) {
      const subject = subjectLabel(signal.subject)
      const why = await whyNot(signal, due, members, services)
      if (why) left.push({ subject, reason: why })
      else if (started.length >= atMost) left.push({ subject, reason: `this sweep has started ${atMost} already` })
      else if (await start(signal, state.time, services)) started.push(subject)
    }
    return { ...state, started, left }
  }

/** A pool that can't be read is told, and does not keep the others from being swept. */
const readMembers = async ({ fleet, members: source }: FindServices) => {
  const members = new Map<string, Member>()
  const problems: { subject: string; reason: string }[] = []
  for (const pool of fleet.pools)
    try {
      for (const member of await source.of(pool))
        members.set(subjectKey({ kind: 'agent', agent: member.agent }), member)
    } catch (error) {
      problems.push({ subject: `pool ${pool.name}`, reason: error instanceof Error ? error.message : String(error) })
    }
  return { members, problems }
}

/** Works: heard from, or no member any more. Where a pool could not be read, nothing is said of its agents. */
const advanceStorms = async (members: Members, services: FindServices): Promise<void> => {
  for (const pool of services.fleet.pools) {
    const here = [...members.values()].filter(({ agent }) => agent.pool === pool.name)
    if (here.length === 0) continue
    const failing = new Set(here.filter(({ healthy }) => !healthy).map(({ agent }) => agent.id))
    await advanceStorm(pool, (agent) => !failing.has(agent), services)
  }
}

/** One per subject: a standing alarm tells most, then the signal that was suppressed, then bare silence. */
const candidates = async (members: Members, services: FindServices): Promise<Candidate[]> => {
  const found = new Map<string, Candidate>()
  const add = (signal: Signal, due: boolean) => {
    const key = subjectKey(signal.subject)
    found.set(key, { signal: found.get(key)?.signal ?? signal, due: due || (found.get(key)?.due ?? false) })
  }
  for (const alarm of await services.alarms.inAlarm()) {
    const signal = await signalOf(alarm, services)
    if (signal) add(signal, false)
  }
  for (const { signal } of await services.incidents.dueMarks()) add(signal, true)
  for (const member of members.values()) {
    const signal = await silenceOf(member, services)
    if (signal) add(signal, false)
  }
  return [...found.values()]
}

const signalOf = async (alarm: AlarmView, { fleet, directory }: FindServices): Promise<Signal | null> => {
  const [, , , region = '', account = ''] = alarm.arn.split(':')
  const reading = await cloudwatchAlarm.read(
    {
      version: '0',
      id: 'sweep',
      'detail-type': cloudwatchAlarm.detailType,
      source: cloudwatchAlarm.source,
      account,
      region,
      time: alarm.since,
      resources: [alarm.arn],
      detail: alarm.detail,
    },
    fleet,
    directory,
  )
  return reading.outcome === 'signal' ? reading.signal : null
}

/** In service by its platform, and not heard from. */
const silenceOf = async (
  { agent, inService, healthy, reason }: Member,
  { instances, clock }: FindServices,
): Promise<Signal | null> => {
  if (!inService || healthy) return null
  if (agent.model === 'ec2') {
    const { launchedAt } = await instances.describe(agent)
    if (launchedAt && secondsBetween(launchedAt, clock.now()) < launchSeconds) return null
  }
  return {
    eventId: 'sweep',
    kind: 'heartbeat-missing',
    subject: { kind: 'agent', agent },
    at: clock.now().toISOString(),
    source: sweepSource,
    summary: `${agent.id} is in service and silent: ${reason}. No event came.`,
    details: {},
  }
}

const whyNot = async (
  signal: Signal,
  due: boolean,
  members: Members,
  services: FindServices,
): Promise<string | null> => {
  const { subject, kind } = signal
  const member = members.get(subjectKey(subject))
  if (due && overWhenHealthy.has(kind) && isOver(subject, member, members)) {
    await services.incidents.clearDue(subject)
    return member ? 'it works again' : 'it is no member of its pool any more'
  }
  if (isGone(subject, member, members)) {
    if (due) await services.incidents.clearDue(subject)
    return 'it is no member of its pool any more'
  }
  if (!services.fleet.pools.some(({ name }) => name === poolNameOf(subject))) return 'no pool of fleet.json has it'
  const lease = await services.leases.read(subject)
  if (lease && lease.expiresAt > services.clock.now().toISOString()) return `${lease.incidentId} is at it`
  const suppressed = await suppressionOf(signal, services)
  if (suppressed || subject.kind === 'pool') return suppressed?.reason ?? null
  const storm = await services.storms.read(subject.agent)
  // Whom the storm does not know yet, OpenIncident adds to it.
  return storm?.seen.includes(subject.agent.id) ? heldBack(storm, subject.agent.id) : null
}

/** A member that works, or an instance that its group has no more. */
const isOver = (subject: Subject, member: Member | undefined, members: Members): boolean =>
  member ? member.healthy : isGone(subject, member, members)

/** Alarms of replaced instances stand for ever. Where the pool could not be read, nobody is gone. */
const isGone = (subject: Subject, member: Member | undefined, members: Members): boolean =>
  subject.kind === 'agent' &&
  subject.agent.model === 'ec2' &&
  member === undefined &&
  [...members.values()].some(({ agent }) => agent.pool === subject.agent.pool)

const start = async (signal: Signal, time: string, { executions }: FindServices): Promise<boolean> => {
  const digest = createHash('sha256').update(subjectKey(signal.subject)).digest('hex').slice(0, 16)
  const name = `sweep-${digest}-${time.replace(/[^0-9]/g, '').slice(0, 14)}`
  const { account, region } = poolOf(signal.subject)
  const event = {
    version: '0',
    id: name,
    'detail-type': sweepDetailType,
    source: sweepSource,
    account,
    region,
    time,
    resources: [],
    detail: { signal },
  }
  return (await executions.start(name, event)).started
}
