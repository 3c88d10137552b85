import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type LocalStack, startStack } from '../../../local/account/stack.ts'
import { admitEndpoint } from '../../../local/replay/endpoint.ts'
import { replay } from '../../../local/replay/replay.ts'
import { resultOf } from '../../../local/replay/result.ts'
import { loadScenario } from '../../../local/replay/scenario.ts'

let stack: LocalStack
const saved = { ...process.env }
beforeAll(async () => {
  stack = await startStack('111122223333', 'eu-central-1')
})
afterAll(async () => {
  await stack.stop()
  for (const name of Object.keys(process.env)) if (!(name in saved)) delete process.env[name]
})
const environment = () => ({
  ...stack.environment,
  AWS_ENDPOINT_URL: stack.endpoints['sqs'],
  AWS_ENDPOINT_URL_DYNAMODB: stack.endpoints['dynamodb'],
})

describe('a replay on an endpoint', () => {
  it('is refused without one', async () => {
    await expect(admitEndpoint({}, undefined)).rejects.toThrow(/needs AWS_ENDPOINT_URL/)
  })

  it('is refused away from this machine unless the account is named and answers', async () => {
    const far = { ...environment(), AWS_ENDPOINT_URL: 'https://sqs.eu-central-1.amazonaws.com' }
    await expect(admitEndpoint(far, undefined)).rejects.toThrow(/--aws-account/)
    await expect(admitEndpoint(far, '111122223333', async () => '444455556666')).rejects.toThrow(
      /credentials are of 444455556666: nothing was called/,
    )
    await expect(admitEndpoint(far, '444455556666', async () => '444455556666')).resolves.toMatchObject({
      TABLE_NAME: 'agent-medic',
    })
  })

  it('is refused when some services would go to AWS itself', async () => {
    const { AWS_ENDPOINT_URL: _gone, ...some } = environment()
    await expect(admitEndpoint(some, undefined)).rejects.toThrow(/not on this machine/)
  })

  it('names the resources that the environment leaves out', async () => {
    const { TABLE_NAME: _gone, ...rest } = environment() as Record<string, string>
    await expect(admitEndpoint(rest, undefined)).rejects.toThrow(/TABLE_NAME/)
  })

  it('sends the calls there, in real time', async () => {
    const there = environment()
    Object.assign(process.env, there, {
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'EXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'example',
    })
    const scenario = loadScenario('malformed-event', {})
    const replayed = await replay(scenario, { endpoint: await admitEndpoint(there, undefined) })
    expect(resultOf(scenario, replayed).outcome).toBe('unreadable')
    expect(stack.rejectedEvents().some((body) => body.includes('alarmName'))).toBe(true)
  })
})
