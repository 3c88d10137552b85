import type { AgentRef } from '../domain/agent.ts'
import type { HybridPlatform } from '../domain/evidence.ts'

/** What Systems Manager knows of an EC2 or hybrid agent. */
export interface ManagedNodes {
  describe(agent: AgentRef): Promise<Omit<HybridPlatform, 'model'>>
}
