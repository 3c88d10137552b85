import { diskPercent, type Host } from '../fleet/host.ts'
import { date, type Operation, operation, z } from './input.ts'
import type { AccountState } from './state.ts'

/** A datapoint is there about a minute after its minute ended. */
const lagMs = 60_000
const minute = 60_000

const metricQuery = z.strictObject({
  Id: z.string().check(z.regex(/^[a-z][a-zA-Z0-9_]*$/)),
  MetricStat: z.strictObject({
    Metric: z.strictObject({
      Namespace: z.string(),
      MetricName: z.string(),
      Dimensions: z.array(z.strictObject({ Name: z.string(), Value: z.string() })),
    }),
    Period: z.literal(60),
    Stat: z.enum(['Average', 'SampleCount', 'Maximum']),
  }),
})

/** A series as a function of time; undefined where no datapoint was published. */
type Series = (at: Date) => number | undefined

const hostSeries = (host: Host, metric: string, now: Date): Series | undefined => {
  const shipped =
    (value: (at: Date) => number): Series =>
    (at) =>
      host.reachable.was(at) ? value(at) : undefined
  switch (metric) {
    case 'CPUUtilization':
    case 'cpu_usage_active':
      return (at) => (host.up && at >= host.bootedAt ? (host.working.was(at) ? 35 : 4) : undefined)
    case 'mem_used_percent': {
      const { oomKillAt, peakPercent, usedPercent } = host.memory
      // Memory climbs for a quarter of an hour before the kernel kills, and is free again afterwards.
      return shipped((at) =>
        oomKillAt && at <= oomKillAt && oomKillAt.getTime() - at.getTime() < 15 * minute ? peakPercent : usedPercent,
      )
    }
    case 'disk_used_percent':
      return shipped(() => Math.max(...Object.values(host.disks).map(diskPercent)))
    case 'Heartbeat':
      return (at) => (at <= now && host.working.was(at) ? 1 : undefined)
    default:
      return undefined
  }
}

/** Agents of the world's beginning have an alarm each, as the stack makes them; successors of a group have none. */
const heartbeatAlarm = ({ world, timeline, account, region }: AccountState, host: Host): object[] => {
  if (!world.agents.some(({ id }) => id === host.id)) return []
  const now = timeline.now()
  const newest = Math.floor((now.getTime() - lagMs) / minute) * minute
  const beats = Array.from({ length: 5 }, (_, ago) => new Date(newest - ago * minute)).filter((at) =>
    host.working.was(at),
  )
  if (beats.length > 0) return []
  const AlarmName = `${host.pool.name}-heartbeat-${host.id}`
  return [
    {
      AlarmName,
      AlarmArn: `arn:aws:cloudwatch:${region}:${account}:alarm:${AlarmName}`,
      StateValue: 'ALARM',
      StateReason:
        'Threshold Crossed: no datapoints were received for 5 periods and 5 missing datapoints were treated as [Breaching].',
      StateUpdatedTimestamp: now,
      StateTransitionedTimestamp: now,
      Namespace: 'AgentMedic',
      MetricName: 'Heartbeat',
      Dimensions: [
        { Name: 'Pool', Value: host.pool.name },
        { Name: 'AgentId', Value: host.id },
      ],
    },
  ]
}

export const cloudWatchApi = (state: AccountState): Record<string, Operation> => {
  const { timeline } = state
  const seriesOf = (namespace: string, metric: string, dimensions: Map<string, string>): Series | undefined => {
    const host = state.hosts.get(dimensions.get('AgentId') ?? dimensions.get('InstanceId') ?? '')
    if (host) return hostSeries(host, metric, timeline.now())
    if (namespace === 'AgentMedic' && metric === 'QueueDepth') {
      const pool = dimensions.get('Pool')
      const hosts = [...state.hosts.values()].filter((each) => each.pool.name === pool)
      // Jobs wait longer when fewer agents work.
      return (at) => (hosts.length > 0 ? 2 + 3 * hosts.filter((each) => !each.working.was(at)).length : undefined)
    }
    if (namespace === 'AWS/ECS') return () => (metric === 'MemoryUtilization' ? 62 : 41)
    if (namespace === 'AWS/EC2' && dimensions.has('AutoScalingGroupName')) return () => 38
    return undefined
  }
  return {
    DescribeAlarms: operation(
      'cloudwatch',
      'DescribeAlarms',
      z.strictObject({
        StateValue: z.literal('ALARM'),
        AlarmTypes: z.array(z.enum(['MetricAlarm', 'CompositeAlarm'])),
        MaxRecords: z.int().check(z.minimum(1), z.maximum(100)),
      }),
      () => ({
        MetricAlarms: [...state.hosts.values()].flatMap((host) => heartbeatAlarm(state, host)),
        CompositeAlarms: [],
      }),
    ),
    GetMetricData: operation(
      'cloudwatch',
      'GetMetricData',
      z.strictObject({
        MetricDataQueries: z.array(metricQuery).check(z.minLength(1), z.maxLength(500)),
        StartTime: date,
        EndTime: date,
        ScanBy: z.literal('TimestampDescending'),
      }),
      ({ MetricDataQueries, StartTime, EndTime }) => ({
        MetricDataResults: MetricDataQueries.map(({ Id, MetricStat: { Metric } }) => {
          const dimensions = new Map(Metric.Dimensions.map(({ Name, Value }) => [Name, Value]))
          const series = seriesOf(Metric.Namespace, Metric.MetricName, dimensions)
          const newest = Math.min(EndTime.getTime(), timeline.now().getTime() - lagMs)
          const Timestamps: Date[] = []
          const Values: number[] = []
          for (let at = Math.floor(newest / minute) * minute; at >= StartTime.getTime(); at -= minute) {
            const value = series?.(new Date(at))
            if (value === undefined) continue
            Timestamps.push(new Date(at))
            Values.push(value)
          }
          return { Id, Label: Metric.MetricName, Timestamps, Values, StatusCode: 'Complete' }
        }),
      }),
    ),
  }
}
