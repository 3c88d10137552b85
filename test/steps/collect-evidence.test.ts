import { describe, expect, it } from 'vitest'
import type { Logs } from '../../functions/aws/logs.ts'
import type { Metrics } from '../../functions/aws/metrics.ts'
import { logsPart, platformPart } from '../../functions/domain/evidence.ts'
import type { PlatformServices } from '../../functions/evidence/platform.ts'
import { collectLogsEvidence } from '../../functions/steps/collect-logs-evidence.ts'
import { collectMetricsEvidence } from '../../functions/steps/collect-metrics-evidence.ts'
import { collectPlatformEvidence } from '../../functions/steps/collect-platform-evidence.ts'
import { aboutAgent, aboutPool, aClock, aFleet, aNode } from '../aws/a-platform.ts'
import { anOpenedState } from './an-opened-state.ts'

const base = { fleet: aFleet(), clock: aClock() }

describe('the branches of the evidence return their own part only', () => {
  it('CollectPlatformEvidence', async () => {
    const nodes = { describe: async () => ({ ping: 'Online' as const, lastPingAt: null, ssmAgentVersion: null }) }
    const step = collectPlatformEvidence({ ...base, nodes } as unknown as PlatformServices & typeof base)
    const part = await step(anOpenedState(aboutAgent(aNode())))
    expect(part).toMatchObject({ status: 'observed', value: { model: 'hybrid', ping: 'Online' } })
    expect(platformPart.parse(part)).toEqual(part)
    expect(await step(anOpenedState(aboutPool()))).toMatchObject({ status: 'unavailable' })
  })

  it('CollectMetricsEvidence, of a whole pool too', async () => {
    const metrics = {
      facts: async (subject, pool, windowMinutes) => ({ about: subject.kind, pool: pool.name, windowMinutes }) as never,
    } as Partial<Metrics> as Metrics
    const step = collectMetricsEvidence({ ...base, metrics })
    expect(await step(anOpenedState(aboutPool()))).toMatchObject({
      status: 'observed',
      value: { about: 'pool', pool: 'linux-builders', windowMinutes: 60 },
    })
  })

  it('CollectLogsEvidence', async () => {
    const logs: Logs = { recent: async (group) => ({ group, lines: [], truncated: false }) }
    const step = collectLogsEvidence({ ...base, logs })
    const part = await step(anOpenedState())
    expect(part).toMatchObject({ status: 'observed', value: { group: '/agents/codepipeline-job-worker' } })
    expect(logsPart.parse(part)).toEqual(part)
    expect(await step(anOpenedState(aboutPool()))).toMatchObject({
      status: 'unavailable',
      reason: expect.stringContaining('whole pool'),
    })
  })
})
