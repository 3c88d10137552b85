import type { Metrics } from '../aws/metrics.ts'
import type { Evidence } from '../domain/evidence.ts'
import type { Fleet } from '../domain/fleet.ts'
import type { Clock } from '../domain/time.ts'
import type { Opened } from '../domain/workflow.ts'
import { collectMetrics } from '../evidence/metrics.ts'
import { subjectOfState } from './subject-of-state.ts'

/** The metrics of the agent or pool. */
export const collectMetricsEvidence =
  ({ fleet, metrics, clock }: { fleet: Fleet; metrics: Metrics; clock: Clock }) =>
  async (state: Opened): Promise<Evidence['metrics']> =>
    collectMetrics(state.incident.subject, subjectOfState(state, fleet).pool, metrics, clock)
