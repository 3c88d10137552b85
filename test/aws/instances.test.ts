import { describe, expect, it } from 'vitest'
import { awsInstances } from '../../functions/aws/instances.ts'
import { anAgent, anApiError, answering } from './a-platform.ts'

const agent = anAgent()
const described = (instance: object) => ({ Reservations: [{ Instances: [{ InstanceId: agent.id, ...instance }] }] })

describe('an instance', () => {
  it('is what DescribeInstances and its status checks tell', async () => {
    const { platform, calls } = answering({
      DescribeInstances: described({
        State: { Name: 'stopped' },
        StateReason: { Code: 'Client.UserInitiatedShutdown' },
        StateTransitionReason: 'User initiated',
        LaunchTime: new Date('2026-02-27T02:00:00Z'),
        InstanceType: 'm7g.large',
        RootDeviceType: 'ebs',
      }),
      DescribeInstanceStatus: {
        InstanceStatuses: [
          { SystemStatus: { Status: 'not-applicable' }, InstanceStatus: { Status: 'not-applicable' } },
        ],
      },
    })
    expect(await awsInstances(platform).describe(agent)).toEqual({
      state: 'stopped',
      stateReasonCode: 'Client.UserInitiatedShutdown',
      stateTransitionReason: 'User initiated',
      launchedAt: '2026-02-27T02:00:00.000Z',
      instanceType: 'm7g.large',
      rootDevice: 'ebs',
      autoRecovery: null,
      systemStatus: 'not-applicable',
      instanceStatus: 'not-applicable',
    })
    // Without IncludeAllInstances an instance that does not run has no status at all.
    expect(calls[1]?.input).toMatchObject({ IncludeAllInstances: true })
  })

  it.each([
    ['EC2 no longer knows it', anApiError('InvalidInstanceID.NotFound')],
    ['EC2 answers nothing', { Reservations: [] }],
  ])('is not found when %s', async (_when, answer) => {
    const { platform } = answering({ DescribeInstances: answer })
    expect(await awsInstances(platform).describe(agent)).toMatchObject({ state: 'not-found', launchedAt: null })
  })

  it('is not taken for gone when it may not be described', async () => {
    const { platform } = answering({ DescribeInstances: anApiError('UnauthorizedOperation', 403) })
    await expect(awsInstances(platform).describe(agent)).rejects.toMatchObject({ name: 'PermissionDeniedError' })
  })
})

describe('the instance profile', () => {
  const profileOf = (...associations: object[]) =>
    awsInstances(
      answering({ DescribeIamInstanceProfileAssociations: { IamInstanceProfileAssociations: associations } }).platform,
    ).profileOf(agent)
  const Arn = 'arn:aws:iam::111122223333:instance-profile/linux-builders'

  it('is the one that is associated or about to be', async () => {
    expect(await profileOf({ State: 'associated', IamInstanceProfile: { Arn } })).toBe(Arn)
    expect(await profileOf({ State: 'associating', IamInstanceProfile: { Arn } })).toBe(Arn)
  })

  it('is none while its association goes away', async () => {
    expect(await profileOf({ State: 'disassociating', IamInstanceProfile: { Arn } })).toBeNull()
    expect(await profileOf()).toBeNull()
  })
})

describe('the console output', () => {
  const Output = Buffer.from('first\r\nsecond\n').toString('base64')

  it('is what the instance shows now, as lines', async () => {
    const { platform, calls } = answering({
      GetConsoleOutput: { Output, Timestamp: new Date('2026-03-01T01:59:00Z') },
    })
    expect(await awsInstances(platform).consoleOutput(agent)).toEqual({
      lines: ['first', 'second'],
      capturedAt: '2026-03-01T01:59:00.000Z',
    })
    expect(calls[0]?.input).toEqual({ InstanceId: agent.id, Latest: true })
  })

  it('is what EC2 kept where the instance type tells no more', async () => {
    const { platform } = answering({
      GetConsoleOutput: ({ input }) => {
        if (input['Latest']) throw anApiError('UnsupportedOperation')
        return { Output }
      },
    })
    expect(await awsInstances(platform).consoleOutput(agent)).toEqual({ lines: ['first', 'second'], capturedAt: null })
  })

  it('is empty before there is any', async () => {
    const { platform } = answering({ GetConsoleOutput: {} })
    expect(await awsInstances(platform).consoleOutput(agent)).toEqual({ lines: [], capturedAt: null })
  })
})

describe('changes of an instance', () => {
  it.each(['reboot', 'stop', 'start'] as const)('%s that one', async (verb) => {
    const { platform, calls } = answering({ RebootInstances: {}, StopInstances: {}, StartInstances: {} })
    await awsInstances(platform)[verb](agent)
    expect(calls).toEqual([expect.objectContaining({ input: { InstanceIds: [agent.id] } })])
  })

  it('attach the profile that is named', async () => {
    const { platform, calls } = answering({ AssociateIamInstanceProfile: {} })
    await awsInstances(platform).attachProfile(agent, 'arn:profile')
    expect(calls[0]?.input).toEqual({ InstanceId: agent.id, IamInstanceProfile: { Arn: 'arn:profile' } })
  })

  it('are throttled in the words of EC2', async () => {
    const { platform } = answering({ StartInstances: anApiError('RequestLimitExceeded', 503) })
    await expect(awsInstances(platform).start(agent)).rejects.toMatchObject({ name: 'ThrottledError' })
  })
})
