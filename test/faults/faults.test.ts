import { describe, expect, it } from 'vitest'
import { interfereAt, mayBeEmpty } from '../../local/faults/interference.ts'
import { crowd, judgeCrowd } from '../../local/faults/interleaving.ts'
import { judge, nameOf, runNamed, runsOf } from '../../local/faults/run.ts'
import { loadScenario } from '../../local/replay/scenario.ts'

const judged = async (name: string, unfenced = false) => {
  const run = runNamed(name)
  if (!run) throw new Error(`${name} names no run`)
  return judge(loadScenario(run.scenario, {}), run, { unfenced })
}

/** One of each kind, and those that once found something. `npm run bench -- faults` runs them all. */
const sample = [
  'service-stopped/open-incident/dynamodb/PutItem/2/die-after',
  'service-stopped/open-incident/dynamodb/PutItem/3/die-before',
  'service-stopped/start-action/ssm/SendCommand/1/die-after',
  'service-stopped/start-action/ssm/SendCommand/1/twice',
  'service-stopped/start-action/ssm/SendCommand/1/deny',
  'service-stopped/publish-report/sns/Publish/1/die-after',
  'service-stopped/publish-report/sns/Publish/1/deny',
  'service-stopped/publish-report/s3/PutObject/1/throttle',
  'service-stopped/release-incident/dynamodb/UpdateItem/1/die-before',
  'service-stopped/check-verification/cloudwatch/GetMetricData/1/empty',
  'service-stopped/stop/9',
  'ssm-unreachable/request-approval/dynamodb/PutItem/1/die-after',
  'ssm-unreachable/decide-approval/sfn/SendTaskSuccess/1/die-before',
  'ssm-unreachable/decide-approval/sfn/SendTaskSuccess/1/throttle',
  'ssm-unreachable/start-action/auto-scaling/EnterStandby/1/answer-lost',
  'ssm-unreachable/start-action/ec2/RebootInstances/1/answer-lost',
  'ssm-unreachable/start-action/ec2/RebootInstances/1/die-after',
  'ssm-unreachable/start-action/ec2/RebootInstances/1/time-out',
  'ssm-unreachable/start-action/dynamodb/GetItem/6/deny',
  'agent-hung-unknown/start-action/dynamodb/GetItem/1/throttle',
  'instance-impaired-group-suspended/check-action/auto-scaling/DescribeAutoScalingInstances/1/empty',
  'ssm-unreachable/stop/59',
  'ssm-unreachable/stop/66',
  'replacement-rejected/decide-approval/dynamodb/UpdateItem/1/answer-lost',
]

describe('the medic under a fault', () => {
  it.each(sample)('keeps every promise at %s', async (name) => {
    expect(await judged(name)).toEqual({ reached: true, violations: [] })
  })

  it.each(['ssm-unreachable/start-action/ec2/RebootInstances/1/die-after'])(
    'without its fence does what was done once twice, so that the harness is not blind: %s',
    async (name) => {
      const { violations } = await judged(name, true)
      expect(violations.map(({ invariant }) => invariant)).toContain('nothing twice')
    },
  )
})

describe('many at once', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('keep every promise in the interleaving of seed %d', async (seed) => {
    expect((await judgeCrowd(seed)).violations).toEqual([])
  })

  it('are the same for the same seed', () => {
    expect(crowd(11)).toEqual(crowd(11))
    expect(crowd(11).world).not.toEqual(crowd(12).world)
  })
})

describe('the harness', () => {
  it('has a run for each kind of fault at each call, and for a stop after each state', async () => {
    const runs = await runsOf(loadScenario('unknown-agent', {}))
    const kinds = new Set(runs.map(({ kind }) => kind))
    expect([...kinds]).toEqual(expect.arrayContaining(['throttle', 'die-before', 'die-after', 'stop-execution']))
    expect(runs.map(nameOf).map(runNamed)).toEqual(runs)
  })

  it('befalls one attempt with a fault that passes, and all that follow with one that lasts', () => {
    const site = { function: 'f', service: 'ec2', operation: 'RebootInstances', nth: 2 }
    const at = (kind: Parameters<typeof interfereAt>[1], nth: number) =>
      interfereAt(site, kind)({ ...site, nth, input: {}, request: { headers: {} } })
    expect([1, 2, 3].map((nth) => at('throttle-once', nth))).toEqual([undefined, 'throttle-once', undefined])
    expect([1, 2, 3].map((nth) => at('throttle', nth))).toEqual([undefined, 'throttle', 'throttle'])
  })

  it('empties no strongly consistent read of the table: on AWS it never forgets an item', () => {
    const read = { function: 'f', nth: 1 }
    expect(mayBeEmpty({ ...read, service: 'dynamodb', operation: 'GetItem' })).toBe(false)
    expect(mayBeEmpty({ ...read, service: 'dynamodb', operation: 'Query' })).toBe(true)
    expect(mayBeEmpty({ ...read, service: 'ec2', operation: 'RebootInstances' })).toBe(false)
  })
})
