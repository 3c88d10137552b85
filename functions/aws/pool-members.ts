import type { AgentRef } from '../domain/agent.ts'
import type { Pool } from '../domain/fleet.ts'

export interface Member {
  agent: AgentRef
  /** True only for an agent that is in service by its platform and whose heartbeat is fresh. */
  healthy: boolean
  reason: string
}

/** Who is in a pool and who of them works: read for the floor of healthy agents. */
export interface PoolMembers {
  of(pool: Pool): Promise<Member[]>
}
