import { describe, expect, it } from 'vitest'
import type { CommandRunner } from '../../functions/aws/command-runner.ts'
import type { Probing } from '../../functions/domain/workflow.ts'
import { readHostProbe } from '../../functions/steps/read-host-probe.ts'
import { aboutPool, aClock, aFleet, start } from '../aws/a-platform.ts'
import { anOpenedState } from './an-opened-state.ts'

const commands = {
  outcome: async () => ({ status: 'undelivered', reason: 'DeliveryTimedOut' }),
} as Partial<CommandRunner>
const step = readHostProbe({ fleet: aFleet(), commands: commands as CommandRunner, clock: aClock() })
const probed = (state = anOpenedState()): Probing => ({
  ...state,
  hostProbe: { status: 'running', commandId: 'c-1', startedAt: start.toISOString(), evidence: null },
})

describe('ReadHostProbe', () => {
  it('ends the probe with what came of it', async () => {
    expect((await step(probed())).hostProbe).toEqual({
      status: 'done',
      commandId: 'c-1',
      startedAt: '2026-03-01T02:00:00.000Z',
      evidence: {
        status: 'unavailable',
        at: '2026-03-01T02:00:00.000Z',
        channel: 'ssm',
        source: 'host probe',
        reason: 'DeliveryTimedOut',
      },
    })
  })

  it('refuses a probe that runs without an agent: the workflow never starts one', async () => {
    await expect(step(probed(anOpenedState(aboutPool())))).rejects.toMatchObject({ name: 'ContractError' })
  })
})
