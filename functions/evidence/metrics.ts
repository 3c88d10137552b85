import type { Metrics } from '../aws/metrics.ts'
import type { Subject } from '../domain/agent.ts'
import type { Evidence } from '../domain/evidence.ts'
import type { Pool } from '../domain/fleet.ts'
import type { Clock } from '../domain/time.ts'
import { partOf } from './failure.ts'

const windowMinutes = 60

/** Heartbeat, CPU, memory, disk and queue of the last hour, in one call. */
export const collectMetrics = (
  subject: Subject,
  pool: Pool,
  metrics: Metrics,
  clock: Clock,
): Promise<Evidence['metrics']> =>
  partOf(clock.now(), 'metrics', 'cloudwatch', () => metrics.facts(subject, pool, windowMinutes))
