import { DescribeInstanceInformationCommand } from '@aws-sdk/client-ssm'
import type { AgentRef } from '../domain/agent.ts'
import type { HybridPlatform } from '../domain/evidence.ts'
import type { Platform } from '../runtime/platform.ts'
import { ssmClient } from './clients.ts'
import { guarded } from './failures.ts'

/** What Systems Manager knows of an EC2 or hybrid agent. */
export interface ManagedNodes {
  describe(agent: AgentRef): Promise<Omit<HybridPlatform, 'model'>>
}

export const awsManagedNodes = (platform: Platform): ManagedNodes => ({
  async describe({ id }) {
    const { InstanceInformationList } = await guarded(() =>
      ssmClient(platform).send(
        new DescribeInstanceInformationCommand({ Filters: [{ Key: 'InstanceIds', Values: [id] }] }),
      ),
    )
    const node = InstanceInformationList?.[0]
    return {
      ping: node?.PingStatus ?? 'not-registered',
      lastPingAt: node?.LastPingDateTime?.toISOString() ?? null,
      ssmAgentVersion: node?.AgentVersion ?? null,
    }
  },
})
