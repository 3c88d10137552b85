import type { AgentRef } from '../domain/agent.ts'
import type { LogsFacts } from '../domain/evidence.ts'

/** CloudWatch Logs: the newest lines that an agent shipped. The stream's name begins with the agent's id. */
export interface Logs {
  recent(group: string, agent: AgentRef, since: Date): Promise<LogsFacts>
}
