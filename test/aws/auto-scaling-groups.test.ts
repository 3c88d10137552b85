import { describe, expect, it } from 'vitest'
import { awsAutoScalingGroups } from '../../functions/aws/auto-scaling-groups.ts'
import { anAgent, anApiError, answering } from './a-platform.ts'

const agent = anAgent()

describe('membership in a group', () => {
  it('is told with lifecycle and health', async () => {
    const { platform } = answering({
      DescribeAutoScalingInstances: {
        AutoScalingInstances: [
          { AutoScalingGroupName: 'linux-builders', LifecycleState: 'Standby', HealthStatus: 'HEALTHY' },
        ],
      },
    })
    expect(await awsAutoScalingGroups(platform).membershipOf(agent)).toEqual({
      group: 'linux-builders',
      lifecycle: 'Standby',
      health: 'HEALTHY',
    })
  })

  it('is none for an instance of no group', async () => {
    const { platform } = answering({ DescribeAutoScalingInstances: {} })
    expect(await awsAutoScalingGroups(platform).membershipOf(agent)).toBeNull()
  })

  it('is not taken for none when it may not be read', async () => {
    const { platform } = answering({ DescribeAutoScalingInstances: anApiError('AccessDenied', 403) })
    await expect(awsAutoScalingGroups(platform).membershipOf(agent)).rejects.toMatchObject({
      name: 'PermissionDeniedError',
    })
  })
})

describe('a group', () => {
  it('is its size and its members', async () => {
    const { platform } = answering({
      DescribeAutoScalingGroups: {
        AutoScalingGroups: [
          {
            MinSize: 1,
            MaxSize: 4,
            DesiredCapacity: 2,
            Instances: [{ InstanceId: agent.id, LifecycleState: 'InService', HealthStatus: 'Healthy' }],
          },
        ],
      },
    })
    expect(await awsAutoScalingGroups(platform).group('linux-builders')).toEqual({
      name: 'linux-builders',
      min: 1,
      max: 4,
      desired: 2,
      members: [{ id: agent.id, lifecycle: 'InService', health: 'Healthy' }],
    })
  })

  it('may be gone', async () => {
    const { platform } = answering({ DescribeAutoScalingGroups: { AutoScalingGroups: [] } })
    expect(await awsAutoScalingGroups(platform).group('linux-builders')).toBeNull()
  })

  it.each([
    [true, false],
    [false, true],
  ])('keeps its capacity (%s) over a Standby', async (keepCapacity, ShouldDecrementDesiredCapacity) => {
    const { platform, calls } = answering({ EnterStandby: {} })
    await awsAutoScalingGroups(platform).enterStandby(agent, 'linux-builders', keepCapacity)
    expect(calls[0]?.input).toEqual({
      InstanceIds: [agent.id],
      AutoScalingGroupName: 'linux-builders',
      ShouldDecrementDesiredCapacity,
    })
  })

  it('takes a member back from Standby', async () => {
    const { platform, calls } = answering({ ExitStandby: {} })
    await awsAutoScalingGroups(platform).exitStandby(agent, 'linux-builders')
    expect(calls[0]?.input).toEqual({ InstanceIds: [agent.id], AutoScalingGroupName: 'linux-builders' })
  })

  it('launches the successor of a member that is replaced', async () => {
    const { platform, calls } = answering({ TerminateInstanceInAutoScalingGroup: {} })
    await awsAutoScalingGroups(platform).replace(agent)
    expect(calls[0]?.input).toEqual({ InstanceId: agent.id, ShouldDecrementDesiredCapacity: false })
  })

  it('that is being changed by another is tried again later', async () => {
    const { platform } = answering({ EnterStandby: anApiError('ResourceContentionFault', 400) })
    await expect(awsAutoScalingGroups(platform).enterStandby(agent, 'linux-builders', true)).rejects.toMatchObject({
      name: 'TransientError',
    })
  })
})
