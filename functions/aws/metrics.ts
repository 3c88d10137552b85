import type { AgentRef, Subject } from '../domain/agent.ts'
import type { MetricsFacts } from '../domain/evidence.ts'

/** CloudWatch metrics of an agent or pool. Namespaces: `AgentMedic` (Heartbeat, QueueDepth), `CWAgent`, `AWS/EC2`, `AWS/ECS`. */
export interface Metrics {
  /** All that the rules look at, in one GetMetricData call, over the last `windowMinutes`. */
  facts(subject: Subject, windowMinutes: number): Promise<MetricsFacts>
  /** Age in seconds of each agent's newest heartbeat; null where none came within the window. */
  heartbeatAges(agents: AgentRef[], windowMinutes: number): Promise<Map<string, number | null>>
}
