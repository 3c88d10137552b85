import { describe, expect, it } from 'vitest'
import { awsMetrics } from '../../functions/aws/metrics.ts'
import { poolNamed } from '../../functions/domain/load-fleet.ts'
import { collectMetrics } from '../../functions/evidence/metrics.ts'
import { aboutAgent, aClock, aFleet, anAgent, anApiError, answering } from '../aws/a-platform.ts'
import { aSimulatedAccount } from './a-simulated-account.ts'

const collect = (world: Omit<Parameters<typeof aSimulatedAccount>[0], 'agents'> = {}) => {
  const { pool, id } = anAgent()
  const { platform, clock } = aSimulatedAccount({
    agents: [{ pool, id, faults: [{ kind: 'service-stopped' }] }],
    ...world,
  })
  return collectMetrics(aboutAgent(), poolNamed(aFleet(), pool), awsMetrics(platform, clock), clock)
}
const aFault = (kind: string) => ({ apiFaults: [{ service: 'cloudwatch', operation: 'GetMetricData', kind }] })

describe('the metrics of an agent', () => {
  it('show since when it is silent', async () => {
    const part = await collect()
    if (part.status === 'unavailable') throw new Error(part.reason)
    expect(part.value.windowMinutes).toBe(60)
    // Its service stopped ten minutes ago.
    expect(part.value.heartbeat.lastSeenSecondsAgo).toBeGreaterThanOrEqual(600)
    expect(part.value.heartbeat.lastSeenSecondsAgo).toBeLessThan(720)
    expect(part.value.cpuPercent).not.toBeNull()
    expect(part.value.queueDepth).not.toBeNull()
  })

  it('are unavailable with the words of AWS when denied', async () => {
    expect(await collect(aFault('deny'))).toMatchObject({
      status: 'unavailable',
      channel: 'metrics',
      reason: expect.stringContaining('not authorized to perform: cloudwatch:GetMetricData'),
    })
  })

  it('are tried again by the state when throttled beyond the retries of the SDK', async () => {
    const { platform } = answering({ GetMetricData: anApiError('Throttling') })
    const collecting = collectMetrics(
      aboutAgent(),
      poolNamed(aFleet(), 'linux-builders'),
      awsMetrics(platform, aClock()),
      aClock(),
    )
    await expect(collecting).rejects.toMatchObject({ name: 'ThrottledError' })
  })
})
