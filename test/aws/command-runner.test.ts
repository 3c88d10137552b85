import { describe, expect, it } from 'vitest'
import { awsCommandRunner } from '../../functions/aws/command-runner.ts'
import { aClock, anAgent, anApiError, answering, aPlatform } from './a-platform.ts'

const commandId = '12345678-1234-1234-1234-123456789012'
const agent = anAgent()

const outcomeOf = (invocation: object) =>
  awsCommandRunner(answering({ GetCommandInvocation: invocation }).platform).outcome(agent, commandId)

describe('sending a command', () => {
  it('names our document, the one host and how long the delivery may take', async () => {
    const { platform, calls } = answering({ SendCommand: { Command: { CommandId: commandId } } })
    expect(await awsCommandRunner(platform).send(agent, 'restart-service', { Unit: 'a.service' }, 'action-1')).toBe(
      commandId,
    )
    expect(calls.map(({ input }) => input)).toEqual([
      {
        DocumentName: 'agent-medic-restart-service',
        InstanceIds: [agent.id],
        Parameters: { Unit: ['a.service'] },
        Comment: 'action-1',
        TimeoutSeconds: 60,
      },
    ])
  })

  it('fails by the name that AWS gave when the host is not managed', async () => {
    const { platform } = answering({ SendCommand: anApiError('InvalidInstanceId') })
    await expect(awsCommandRunner(platform).send(agent, 'probe-agent', {}, '')).rejects.toMatchObject({
      name: 'InvalidInstanceId',
    })
  })

  it('is tried again by the SDK when it is throttled, and then left to the state', async () => {
    const { platform, calls } = aPlatform({
      maxAttempts: 2,
      answer: () => {
        throw anApiError('ThrottlingException')
      },
    })
    await expect(awsCommandRunner(platform).send(agent, 'probe-agent', {}, '')).rejects.toMatchObject({
      name: 'ThrottledError',
    })
    expect(calls).toHaveLength(2)
  })
})

describe('the outcome of a command', () => {
  it('is pending while the invocation does not show yet', async () => {
    expect(await outcomeOf(anApiError('InvocationDoesNotExist'))).toEqual({ status: 'pending' })
  })

  it.each(['Pending', 'InProgress', 'Delayed', 'Cancelling'])('is pending while it is %s', async (Status) => {
    expect(await outcomeOf({ Status })).toEqual({ status: 'pending' })
  })

  it('has the output and the exit code of a command that failed on the host', async () => {
    const invocation = {
      Status: 'Failed',
      StatusDetails: 'Failed',
      ResponseCode: 3,
      StandardOutputContent: 'out',
      StandardErrorContent: 'err',
      ExecutionStartDateTime: '2026-03-01T02:00:01.000Z',
    }
    expect(await outcomeOf(invocation)).toEqual({
      status: 'finished',
      succeeded: false,
      exitCode: 3,
      stdout: 'out',
      stderr: 'err',
      startedAt: '2026-03-01T02:00:01.000Z',
    })
  })

  it('succeeded when the host says so', async () => {
    expect(await outcomeOf({ Status: 'Success', ResponseCode: 0, ExecutionStartDateTime: '' })).toMatchObject({
      status: 'finished',
      succeeded: true,
      startedAt: null,
    })
  })

  it.each([
    [{ Status: 'TimedOut', StatusDetails: 'DeliveryTimedOut', ResponseCode: -1 }, 'DeliveryTimedOut'],
    [{ Status: 'Cancelled', StatusDetails: 'Cancelled', ResponseCode: -1 }, 'Cancelled'],
    [{ Status: 'Failed', StatusDetails: 'Undeliverable', ResponseCode: -1 }, 'Undeliverable'],
  ])('is undelivered, with how it ended, for %j', async (invocation, told) => {
    expect(await outcomeOf(invocation)).toEqual({ status: 'undelivered', reason: expect.stringContaining(told) })
  })

  it('is thrown when it may not be read', async () => {
    await expect(outcomeOf(anApiError('AccessDeniedException'))).rejects.toMatchObject({
      name: 'PermissionDeniedError',
    })
  })
})

describe('looking for a command by its comment', () => {
  it('reads every page, from a second before the time', async () => {
    const { platform, calls } = answering({
      ListCommands: ({ input }) =>
        input['NextToken']
          ? { Commands: [{ CommandId: commandId, Comment: 'action-1' }] }
          : { Commands: [{ CommandId: 'another', Comment: 'action-10' }], NextToken: 'page-2' },
    })
    const since = aClock().now().toISOString()
    expect(await awsCommandRunner(platform).findByComment(agent, 'action-1', since)).toBe(commandId)
    expect(calls.map(({ input }) => input)).toEqual([
      { InstanceId: agent.id, Filters: [{ key: 'InvokedAfter', value: '2026-03-01T01:59:59Z' }] },
      expect.objectContaining({ NextToken: 'page-2' }),
    ])
  })

  it('finds none where none was sent', async () => {
    const { platform } = answering({ ListCommands: {} })
    expect(await awsCommandRunner(platform).findByComment(agent, 'action-1', '2026-03-01T02:00:00Z')).toBeUndefined()
  })
})
