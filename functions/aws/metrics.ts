import { GetMetricDataCommand, type MetricDataQuery, type MetricDataResult } from '@aws-sdk/client-cloudwatch'
import type { AgentRef, Subject } from '../domain/agent.ts'
import { PermissionDeniedError, TransientError } from '../domain/errors.ts'
import type { MetricsFacts } from '../domain/evidence.ts'
import type { Pool } from '../domain/fleet.ts'
import { addSeconds, type Clock, secondsBetween } from '../domain/time.ts'
import type { Platform } from '../runtime/platform.ts'
import { cloudWatchClient } from './clients.ts'
import { guarded } from './failures.ts'

/** CloudWatch metrics of agents and pools. Namespaces: `AgentMedic` (Heartbeat, QueueDepth), `CWAgent`, `AWS/EC2`, `AWS/ECS`. */
export interface Metrics {
  /** All that the rules look at, in one GetMetricData call, over the last `windowMinutes`. */
  facts(subject: Subject, pool: Pool, windowMinutes: number): Promise<MetricsFacts>
  /** Age in seconds of each agent's newest heartbeat; null where none came within the window. */
  heartbeatAges(agents: AgentRef[], windowMinutes: number): Promise<Map<string, number | null>>
}

type Dimensions = Record<string, string>
interface Source {
  namespace: string
  metric: string
  dimensions: Dimensions
}

const query = (Id: string, { namespace, metric, dimensions }: Source, statistic = 'Average'): MetricDataQuery => ({
  Id,
  MetricStat: {
    Metric: {
      Namespace: namespace,
      MetricName: metric,
      Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
    },
    Period: 60,
    Stat: statistic,
  },
})

const heartbeatOf = ({ pool, id }: AgentRef): Source => ({
  namespace: 'AgentMedic',
  metric: 'Heartbeat',
  dimensions: { Pool: pool, AgentId: id },
})

/** Where CPU, memory and disk of a subject are published; a viewpoint that a model does not have is left out. */
const loadSources = (subject: Subject, { agents }: Pool): Partial<Record<'cpu' | 'memory' | 'disk', Source>> => {
  if (agents.model === 'ecs') {
    if (!('service' in agents)) return {}
    const dimensions = { ClusterName: agents.cluster, ServiceName: agents.service }
    return {
      cpu: { namespace: 'AWS/ECS', metric: 'CPUUtilization', dimensions },
      memory: { namespace: 'AWS/ECS', metric: 'MemoryUtilization', dimensions },
    }
  }
  if (agents.model === 'codebuild') return {}
  if (subject.kind === 'pool') {
    if (!('autoScalingGroup' in agents)) return {}
    return {
      cpu: {
        namespace: 'AWS/EC2',
        metric: 'CPUUtilization',
        dimensions: { AutoScalingGroupName: agents.autoScalingGroup },
      },
    }
  }
  const dimensions = { InstanceId: subject.agent.id }
  return {
    cpu: {
      namespace: agents.model === 'hybrid' ? 'CWAgent' : 'AWS/EC2',
      metric: agents.model === 'hybrid' ? 'cpu_usage_active' : 'CPUUtilization',
      dimensions,
    },
    memory: { namespace: 'CWAgent', metric: 'mem_used_percent', dimensions },
    disk: { namespace: 'CWAgent', metric: 'disk_used_percent', dimensions },
  }
}

const summary = (result: MetricDataResult | undefined): MetricsFacts['cpuPercent'] => {
  const values = result?.Values ?? []
  const latest = values[0]
  const latestAt = result?.Timestamps?.[0]
  if (latest === undefined || !latestAt) return null
  const average = values.reduce((sum, value) => sum + value, 0) / values.length
  return { latest, maximum: Math.max(...values), average, latestAt: latestAt.toISOString() }
}

/** A series that CloudWatch could not read is empty as well: taken for silence, it would make a well agent look dead. */
const assertReadable = ({ Id, StatusCode, Messages }: MetricDataResult): void => {
  const told = `GetMetricData could not read ${Id}: ${Messages?.map(({ Value }) => Value).join('; ') || 'no reason given'}`
  if (StatusCode === 'Forbidden') throw new PermissionDeniedError(told)
  if (StatusCode === 'InternalError') throw new TransientError(told)
}

/** Newest first, as ScanBy asks for it: the first value is the latest. */
export const awsMetrics = (platform: Platform, clock: Clock): Metrics => {
  const read = async (queries: MetricDataQuery[], windowMinutes: number): Promise<Map<string, MetricDataResult>> => {
    const now = clock.now()
    const results = new Map<string, MetricDataResult>()
    let NextToken: string | undefined
    do {
      const page = await guarded(() =>
        cloudWatchClient(platform).send(
          new GetMetricDataCommand({
            MetricDataQueries: queries,
            StartTime: addSeconds(now, -windowMinutes * 60),
            EndTime: now,
            ScanBy: 'TimestampDescending',
            ...(NextToken ? { NextToken } : {}),
          }),
        ),
      )
      for (const result of page.MetricDataResults ?? []) {
        assertReadable(result)
        const known = results.get(result.Id ?? '')
        results.set(result.Id ?? '', {
          ...result,
          Values: [...(known?.Values ?? []), ...(result.Values ?? [])],
          Timestamps: [...(known?.Timestamps ?? []), ...(result.Timestamps ?? [])],
        })
      }
      NextToken = page.NextToken
    } while (NextToken)
    return results
  }
  const ageOf = (result: MetricDataResult | undefined): number | null => {
    const newest = result?.Timestamps?.[0]
    return newest ? Math.max(0, secondsBetween(newest, clock.now())) : null
  }
  return {
    async facts(subject, pool, windowMinutes) {
      const load = loadSources(subject, pool)
      const queueDepth: Source = { namespace: 'AgentMedic', metric: 'QueueDepth', dimensions: { Pool: pool.name } }
      const results = await read(
        [
          ...(subject.kind === 'agent' ? [query('heartbeat', heartbeatOf(subject.agent), 'SampleCount')] : []),
          ...Object.entries(load).map(([id, source]) => query(id, source)),
          query('queue', queueDepth),
        ],
        windowMinutes,
      )
      const quarterHourAgo = addSeconds(clock.now(), -900).getTime()
      const beats = results.get('heartbeat')
      return {
        windowMinutes,
        heartbeat: {
          lastSeenSecondsAgo: ageOf(beats),
          recentCount: (beats?.Timestamps ?? []).filter((at) => at.getTime() >= quarterHourAgo).length,
        },
        cpuPercent: summary(results.get('cpu')),
        memoryPercent: summary(results.get('memory')),
        diskPercent: summary(results.get('disk')),
        queueDepth: summary(results.get('queue')),
      }
    },
    async heartbeatAges(agents, windowMinutes) {
      // GetMetricData takes at most 500 queries a call.
      const ages = new Map<string, number | null>()
      for (let from = 0; from < agents.length; from += 500) {
        const batch = agents.slice(from, from + 500)
        const results = await read(
          batch.map((agent, index) => query(`a${index}`, heartbeatOf(agent), 'SampleCount')),
          windowMinutes,
        )
        for (const [index, agent] of batch.entries()) ages.set(agent.id, ageOf(results.get(`a${index}`)))
      }
      return ages
    },
  }
}
