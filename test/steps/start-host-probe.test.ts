import { describe, expect, it } from 'vitest'
import type { CommandRunner } from '../../functions/aws/command-runner.ts'
import { probing } from '../../functions/domain/workflow.ts'
import { startHostProbe } from '../../functions/steps/start-host-probe.ts'
import { aboutAgent, aboutPool, aClock, aFleet, anAgent } from '../aws/a-platform.ts'
import { anOpenedState } from './an-opened-state.ts'

const commands = {
  send: async (agent, document) => `${document} on ${agent.id}`,
} as Partial<CommandRunner> as CommandRunner
const step = startHostProbe({ fleet: aFleet(), commands, clock: aClock() })

describe('StartHostProbe', () => {
  it('sends the probe to the agent and adds nothing but its own part', async () => {
    const state = anOpenedState()
    const after = await step(state)
    expect(after).toEqual({
      ...state,
      hostProbe: {
        status: 'running',
        commandId: `probe-agent on ${anAgent().id}`,
        startedAt: '2026-03-01T02:00:00.000Z',
        evidence: null,
      },
    })
    expect(probing.parse(after)).toEqual(after)
  })

  it('asks no host about a whole pool', async () => {
    expect(await step(anOpenedState(aboutPool()))).toMatchObject({
      hostProbe: { status: 'done', evidence: { status: 'unavailable', reason: expect.stringContaining('whole pool') } },
    })
  })

  it('refuses a pool that the fleet no longer has', async () => {
    await expect(step(anOpenedState(aboutAgent(anAgent({ pool: 'removed' }))))).rejects.toMatchObject({
      name: 'FleetConfigurationError',
    })
  })
})
