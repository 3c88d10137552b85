import { createHash } from 'node:crypto'
import type { Fleet } from '../../functions/domain/fleet.ts'
import { poolNamed, profileOf } from '../../functions/domain/load-fleet.ts'
import type { Clock } from '../../functions/domain/time.ts'
import { applyFault } from '../fleet/faults.ts'
import { createHost, settle, startUnit } from '../fleet/host.ts'
import { createTimeline } from '../fleet/timeline.ts'
import type { World } from '../fleet/world.ts'
import { autoScalingApi } from './auto-scaling-api.ts'
import { cloudWatchApi } from './cloudwatch-api.ts'
import { ec2Api } from './ec2-api.ts'
import { ecsApi } from './ecs-api.ts'
import { effectsOf } from './effects.ts'
import { denied, notModelled, serviceError, throttled, timedOut } from './errors.ts'
import type { Operation } from './input.ts'
import { makeInstance } from './instances.ts'
import { logsApi } from './logs-api.ts'
import { sfnApi, type Workflow } from './sfn-api.ts'
import { ssmApi } from './ssm-api.ts'
import type { AccountState } from './state.ts'
import { startTask } from './tasks.ts'
import { createBuckets } from './token-bucket.ts'

export interface AccountOptions {
  fleet: Fleet
  world: World
  clock: Clock
  /** When the event happens; faults began before it. */
  eventAt: Date
  account: string
  region: string
  workflow(): Workflow
}

/** Ids in a fixed order: the same world gives the same ids, and so the same replay. */
const idMaker = () => {
  let count = 0
  return (prefix: string, length: number): string => {
    count += 1
    return prefix + createHash('sha256').update(`simulated ${count}`).digest('hex').slice(0, length)
  }
}

/** Agents have run for two days when a scenario begins. */
const ageMs = 48 * 3_600_000

const populate = (state: AccountState, bornAt: Date): void => {
  const { fleet, world } = state
  for (const { pool: name, id } of world.agents) {
    const pool = poolNamed(fleet, name)
    const { agents } = pool
    if (agents.model === 'ecs') {
      const service = 'service' in agents ? agents.service : null
      const family = 'family' in agents ? agents.family : agents.service
      const task = startTask(
        state,
        { cluster: agents.cluster, family, service },
        service ? `ecs-svc/${state.newId('', 19)}` : null,
        null,
      )
      state.tasks.delete(task.arn)
      Object.assign(task, { arn: id, lastStatus: 'RUNNING' })
      state.tasks.set(id, task)
      if (service) {
        const key = `${agents.cluster}/${service}`
        state.services.set(key, {
          cluster: agents.cluster,
          name: service,
          desired: (state.services.get(key)?.desired ?? 0) + 1,
        })
      }
    } else if (agents.model === 'hybrid') {
      const host = createHost(id, pool, profileOf(fleet, pool), bornAt, true)
      state.hosts.set(id, host)
      settle(host, state.timeline)
    } else if (agents.model === 'ec2') {
      makeInstance(state, id, pool, 'autoScalingGroup' in agents ? agents.autoScalingGroup : null, bornAt, true)
    }
  }
  gather(state)
}

/** Members by group: sized as the world says, else as many as there are, with room for one more. */
const gather = (state: AccountState): void => {
  for (const pool of state.fleet.pools) {
    if (!('autoScalingGroup' in pool.agents)) continue
    const name = pool.agents.autoScalingGroup
    const members = [...state.instances.values()].filter(({ groupName }) => groupName === name)
    const said = state.world.groups.find((group) => group.name === name)
    const size = members.length
    state.groups.set(name, {
      ...(said ?? {
        name,
        min: Math.max(0, size - 1),
        max: size + 1,
        desired: size,
        replacesUnhealthy: true,
        launchesWith: [],
      }),
      members: new Map(members.map(({ id }) => [id, { lifecycle: 'InService', health: 'Healthy' as const }])),
    })
  }
}

/** Faults and what other hands do, in their time. */
const script = (state: AccountState, eventAt: Date): void => {
  for (const { id, faults, faultSecondsBefore } of state.world.agents)
    for (const fault of faults)
      state.timeline.at(new Date(eventAt.getTime() - faultSecondsBefore * 1000), () => applyFault(state, id, fault))
  for (const { afterSeconds, agent, change } of state.world.timeline)
    state.timeline.at(new Date(eventAt.getTime() + afterSeconds * 1000), () => {
      const host = state.hosts.get(agent)
      if (!host) throw new Error(`world.json: timeline names ${agent}, which is no host`)
      if (change === 'clock-corrected') host.clock = { offsetSeconds: 0.001, synchronised: true }
      else startUnit(host, state.timeline)
      settle(host, state.timeline)
    })
}

/**
 * The simulated account: it answers what it models, from the state of its agents, and throws for the rest. World-level API
 * faults and token buckets come before the answer, as they do in life.
 */
export const createAccount = (options: AccountOptions) => {
  const { fleet, world, clock, eventAt, account, region } = options
  const bornAt = new Date(eventAt.getTime() - ageMs)
  let beginning: Date | undefined = bornAt
  const timeline = createTimeline({ now: () => beginning ?? clock.now() })
  const state: AccountState = {
    fleet,
    world,
    timeline,
    eventAt,
    account,
    region,
    instances: new Map(),
    hosts: new Map(),
    groups: new Map(),
    services: new Map(),
    tasks: new Map(),
    commands: new Map(),
    effects: [],
    apiFaults: world.apiFaults.map((each) => ({ ...each, left: each.times ?? Number.POSITIVE_INFINITY })),
    newId: idMaker(),
  }
  // The agents come up two days before the event; then time is the replay's.
  populate(state, bornAt)
  beginning = undefined
  script(state, eventAt)

  const services: Record<string, Record<string, Operation>> = {
    ec2: ec2Api(state),
    'auto-scaling': autoScalingApi(state),
    ssm: ssmApi(state),
    ecs: ecsApi(state),
    cloudwatch: cloudWatchApi(state),
    logs: logsApi(state),
    sfn: sfnApi(options.workflow),
  }
  const admit = createBuckets(clock)

  /** Throws when the world or a limit lets this call fail; for every service, the stores and topics among them. */
  const admission = (service: string, operation: string): void => {
    const sinceEvent = (clock.now().getTime() - eventAt.getTime()) / 1000
    const fault = state.apiFaults.find(
      (each) =>
        sinceEvent >= each.fromSeconds &&
        sinceEvent < each.untilSeconds &&
        each.service === service &&
        (each.operation === '*' || each.operation === operation) &&
        each.left > 0,
    )
    if (fault) {
      fault.left -= 1
      if (fault.kind === 'throttle') throw throttled(service)
      if (fault.kind === 'deny') throw denied(service, operation)
      if (fault.kind === 'timeout') throw timedOut(operation)
      throw serviceError('InternalError', 'An internal error occurred', 500)
    }
    if (!admit(service, operation)) throw throttled(service)
  }

  return {
    state,
    admission,
    call(service: string, operation: string, input: unknown): object {
      timeline.catchUp()
      admission(service, operation)
      const modelled = services[service]?.[operation]
      if (!modelled) throw notModelled(service, operation)
      const effects = effectsOf(state, service, operation, input)
      const answer = modelled.run(input)
      state.effects.push(...effects)
      return answer
    },
  }
}
export type Account = ReturnType<typeof createAccount>
