import { describe, expect, it } from 'vitest'
import { awsAgentDirectory } from '../../functions/aws/agent-directory.ts'
import { awsAutoScalingGroups } from '../../functions/aws/auto-scaling-groups.ts'
import type { Fleet } from '../../functions/domain/fleet.ts'
import { aFleet, anAgent, anApiError, answering } from './a-platform.ts'

const { id, account, region } = anAgent()
const member = (AutoScalingGroupName: string) => ({ AutoScalingInstances: [{ AutoScalingGroupName }] })
const tagged = (Value: string) => ({
  Reservations: [{ Instances: [{ Tags: [{ Key: 'aws:autoscaling:groupName', Value }] }] }],
})

const poolOf = (answers: Parameters<typeof answering>[0], fleet: Fleet = aFleet(), where = { account, region }) => {
  const { platform, calls } = answering(answers)
  const directory = awsAgentDirectory(platform, fleet, awsAutoScalingGroups(platform))
  return { pool: directory.poolOfInstance(id, where.account, where.region), calls }
}

describe('the pool of an instance', () => {
  it('is that of its Auto Scaling group', async () => {
    expect(await poolOf({ DescribeAutoScalingInstances: member('github-runners') }).pool).toBe('github-runners')
  })

  it('is told by the tag of an instance that is no member any more', async () => {
    const { pool } = poolOf({ DescribeAutoScalingInstances: {}, DescribeInstances: tagged('linux-builders') })
    expect(await pool).toBe('linux-builders')
  })

  it('is told by the fleet where it lists its instances, without a call', async () => {
    const fleet = aFleet()
    const [first] = fleet.pools
    if (!first) throw new Error('fleet.json has pools')
    const { pool, calls } = poolOf(
      {},
      {
        ...fleet,
        pools: [{ ...first, name: 'listed', agents: { model: 'ec2', instanceIds: [id] } }],
      },
    )
    expect(await pool).toBe('listed')
    expect(calls).toEqual([])
  })

  it.each([
    ['its group is of no pool', { DescribeAutoScalingInstances: member('web-servers') }],
    ['it is in no group and has no tag', { DescribeAutoScalingInstances: {}, DescribeInstances: {} }],
    [
      'EC2 knows it no more',
      { DescribeAutoScalingInstances: {}, DescribeInstances: anApiError('InvalidInstanceID.NotFound') },
    ],
  ])('is not known when %s', async (_when, answers) => {
    expect(await poolOf(answers).pool).toBeNull()
  })

  it('is not known in another account, without a call', async () => {
    const { pool, calls } = poolOf({}, aFleet(), { account: '444455556666', region })
    expect(await pool).toBeNull()
    expect(calls).toEqual([])
  })

  it('is not taken for unknown when it may not be read', async () => {
    const { pool } = poolOf({ DescribeAutoScalingInstances: anApiError('AccessDenied', 403) })
    await expect(pool).rejects.toMatchObject({ name: 'PermissionDeniedError' })
  })
})
