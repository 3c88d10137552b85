import { describe, expect, it } from 'vitest'
import type { Logs } from '../../functions/aws/logs.ts'
import type { AgentRef } from '../../functions/domain/agent.ts'
import { poolNamed, profileOf } from '../../functions/domain/load-fleet.ts'
import { collectLogs } from '../../functions/evidence/logs.ts'
import { aClock, aContainer, aFleet, anAgent } from '../aws/a-platform.ts'

const collect = (agent: AgentRef, recent: Logs['recent']) => {
  const fleet = aFleet()
  return collectLogs(agent, profileOf(fleet, poolNamed(fleet, agent.pool)), { recent }, aClock())
}
const facts = (message = 'all is well') => ({
  group: 'g',
  lines: [{ at: '2026-03-01T01:59:00.000Z', message }],
  truncated: false,
})

describe('the lines that an agent shipped', () => {
  it.each([
    [anAgent(), '/agents/codepipeline-job-worker', anAgent().id],
    [aContainer(), '/ecs/build-agent', 'ecs/build-agent/0123456789abcdef0123456789abcdef'],
  ])('are read from its stream of the last hour', async (agent, group, stream) => {
    const asked: unknown[] = []
    const part = await collect(agent, async (...of) => {
      asked.push(...of)
      return facts()
    })
    expect(asked).toEqual([group, stream, new Date('2026-03-01T01:00:00Z')])
    expect(part).toMatchObject({ status: 'observed', channel: 'logs', value: facts() })
  })

  it('are shown without what looks like a secret', async () => {
    expect(await collect(anAgent(), async () => facts('runner token=abc123 started'))).toMatchObject({
      value: { lines: [{ message: 'runner token=[masked] started' }] },
    })
  })

  it('are unavailable without a log group, or when it does not exist', async () => {
    const build = anAgent({ pool: 'managed-builds', model: 'codebuild' })
    expect(await collect(build, async () => facts())).toMatchObject({
      status: 'unavailable',
      reason: 'profile codebuild names no log group',
    })
    const missing = Object.assign(new Error('The specified log group does not exist.'), {
      name: 'ResourceNotFoundException',
    })
    expect(await collect(anAgent(), () => Promise.reject(missing))).toMatchObject({
      status: 'unavailable',
      reason: 'ResourceNotFoundException: The specified log group does not exist.',
    })
  })
})
