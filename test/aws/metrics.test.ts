import { describe, expect, it } from 'vitest'
import { awsMetrics } from '../../functions/aws/metrics.ts'
import type { Subject } from '../../functions/domain/agent.ts'
import { poolNamed } from '../../functions/domain/load-fleet.ts'
import {
  aboutAgent,
  aboutPool,
  aClock,
  aContainer,
  aFleet,
  aNode,
  anAgent,
  answering,
  type Call,
  start,
} from './a-platform.ts'

const minutesAgo = (minutes: number) => new Date(start.getTime() - minutes * 60_000)
const series = (Id: string, ...points: [minutesAgo: number, value: number][]) => ({
  Id,
  StatusCode: 'Complete',
  Timestamps: points.map(([minutes]) => minutesAgo(minutes)),
  Values: points.map(([, value]) => value),
})

const factsOf = async (
  answer: object | ((call: Call) => object),
  subject: Subject = aboutAgent(),
  pool = 'linux-builders',
) => {
  const { platform, calls } = answering({ GetMetricData: answer })
  const facts = await awsMetrics(platform, aClock()).facts(subject, poolNamed(aFleet(), pool), 60)
  return { facts, calls }
}

interface Query {
  Id: string
  MetricStat: { Metric: { Namespace: string; MetricName: string; Dimensions: { Name: string; Value: string }[] } }
}
const queriesOf = (call: Call | undefined) => (call?.input['MetricDataQueries'] ?? []) as Query[]
const asked = ([call]: Call[]): Record<string, string> =>
  Object.fromEntries(
    queriesOf(call).map(({ Id, MetricStat: { Metric } }) => [
      Id,
      [Metric.Namespace, Metric.MetricName, ...Metric.Dimensions.map(({ Name, Value }) => `${Name}=${Value}`)].join(
        ' ',
      ),
    ]),
  )

describe('what is asked of CloudWatch', () => {
  it('for an instance is all in one call', async () => {
    const { calls } = await factsOf({})
    expect(calls).toHaveLength(1)
    expect(asked(calls)).toEqual({
      heartbeat: `AgentMedic Heartbeat Pool=linux-builders AgentId=${anAgent().id}`,
      cpu: `AWS/EC2 CPUUtilization InstanceId=${anAgent().id}`,
      memory: `CWAgent mem_used_percent InstanceId=${anAgent().id}`,
      disk: `CWAgent disk_used_percent InstanceId=${anAgent().id}`,
      queue: 'AgentMedic QueueDepth Pool=linux-builders',
    })
  })

  it('for a node on premises is what its own agent ships', async () => {
    const { calls } = await factsOf({}, aboutAgent(aNode()), 'plant-deployers')
    expect(asked(calls)).toMatchObject({ cpu: `CWAgent cpu_usage_active InstanceId=${aNode().id}` })
  })

  it('for a task of a service is what its service has', async () => {
    const { calls } = await factsOf({}, aboutAgent(aContainer()), 'container-builders')
    expect(asked(calls)).toMatchObject({
      cpu: 'AWS/ECS CPUUtilization ClusterName=ci ServiceName=container-builders',
      memory: 'AWS/ECS MemoryUtilization ClusterName=ci ServiceName=container-builders',
    })
  })

  it('for a pool is its group, and no single heartbeat', async () => {
    const { calls } = await factsOf({}, aboutPool())
    expect(asked(calls)).toEqual({
      cpu: 'AWS/EC2 CPUUtilization AutoScalingGroupName=linux-builders',
      queue: 'AgentMedic QueueDepth Pool=linux-builders',
    })
  })
})

describe('what CloudWatch tells', () => {
  it('is summed up over the window, the newest value first', async () => {
    const { facts } = await factsOf({
      MetricDataResults: [series('heartbeat', [4, 1], [5, 1], [40, 1]), series('cpu', [2, 90], [3, 60], [4, 30])],
    })
    expect(facts).toEqual({
      windowMinutes: 60,
      heartbeat: { lastSeenSecondsAgo: 240, recentCount: 2 },
      cpuPercent: { latest: 90, maximum: 90, average: 60, latestAt: minutesAgo(2).toISOString() },
      memoryPercent: null,
      diskPercent: null,
      queueDepth: null,
    })
  })

  it('is put together from every page', async () => {
    const { facts } = await factsOf(({ input }: Call) =>
      input['NextToken']
        ? { MetricDataResults: [series('cpu', [3, 20])] }
        : { MetricDataResults: [{ ...series('cpu', [2, 40]), StatusCode: 'PartialData' }], NextToken: '2' },
    )
    expect(facts.cpuPercent).toMatchObject({ latest: 40, average: 30 })
  })

  it('is silence where no heartbeat came', async () => {
    const { facts } = await factsOf({ MetricDataResults: [series('heartbeat')] })
    expect(facts.heartbeat).toEqual({ lastSeenSecondsAgo: null, recentCount: 0 })
  })

  it.each([
    ['InternalError', 'TransientError'],
    ['Forbidden', 'PermissionDeniedError'],
  ])('is not taken for silence when it is %s', async (StatusCode, name) => {
    const answer = { MetricDataResults: [{ Id: 'heartbeat', StatusCode, Values: [], Timestamps: [] }] }
    await expect(factsOf(answer)).rejects.toMatchObject({ name })
  })
})

describe('the heartbeats of many agents', () => {
  it('are asked for 500 at a time', async () => {
    const agents = Array.from({ length: 501 }, (_, index) => anAgent({ id: `i-${index}` }))
    const { platform, calls } = answering({
      GetMetricData: (call) => ({
        // Of each batch the first has a heartbeat; the second batch is the last agent alone.
        MetricDataResults: [series('a0', [queriesOf(call).length === 1 ? 1 : 3, 1])],
      }),
    })
    const ages = await awsMetrics(platform, aClock()).heartbeatAges(agents, 30)
    expect(calls.map((call) => queriesOf(call).length)).toEqual([500, 1])
    expect([ages.get('i-0'), ages.get('i-1'), ages.get('i-500')]).toEqual([180, null, 60])
  })

  it('of nobody take no call', async () => {
    const { platform, calls } = answering({})
    expect(await awsMetrics(platform, aClock()).heartbeatAges([], 30)).toEqual(new Map())
    expect(calls).toEqual([])
  })
})
