import { describe, expect, it } from 'vitest'
import { stepFunctionsCallback } from '../../functions/aws/workflow-callback.ts'
import { anApiError, answering } from './a-platform.ts'

const succeed = (answer: object) => {
  const { platform, calls } = answering({ SendTaskSuccess: answer })
  return { told: stepFunctionsCallback(platform).succeed('token-1', { decision: 'approved' }), calls }
}

describe('the answer to a task that waits', () => {
  it('is sent as JSON', async () => {
    const { told, calls } = succeed({})
    expect(await told).toBe('answered')
    expect(calls[0]?.input).toEqual({ taskToken: 'token-1', output: '{"decision":"approved"}' })
  })

  it.each(['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken'])(
    'comes too late when Step Functions says %s',
    async (name) => {
      expect(await succeed(anApiError(name)).told).toBe('gone')
    },
  )

  it('is not taken for late when it was throttled', async () => {
    await expect(succeed(anApiError('ThrottlingException')).told).rejects.toMatchObject({ name: 'ThrottledError' })
  })
})
