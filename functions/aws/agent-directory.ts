import { DescribeInstancesCommand } from '@aws-sdk/client-ec2'
import type { Fleet } from '../domain/fleet.ts'
import type { Platform } from '../runtime/platform.ts'
import type { AutoScalingGroups } from './auto-scaling-groups.ts'
import { ec2Client } from './clients.ts'
import { guarded, isNamed } from './failures.ts'

/** Finds the pool of an instance that an event names without its group. */
export interface AgentDirectory {
  /** Null when no pool of the account and region has it. */
  poolOfInstance(instanceId: string, account: string, region: string): Promise<string | null>
}

/**
 * By the fleet's own ids, then by Auto Scaling membership, then by the tag that Auto Scaling leaves on its instances: a
 * terminated one is no member any more and is described for about an hour.
 */
export const awsAgentDirectory = (platform: Platform, fleet: Fleet, groups: AutoScalingGroups): AgentDirectory => {
  const tagOf = async (instanceId: string): Promise<string | null> => {
    const described = await guarded(() =>
      ec2Client(platform).send(new DescribeInstancesCommand({ InstanceIds: [instanceId] })),
    ).catch((error: unknown) => {
      if (isNamed(error, 'InvalidInstanceID.NotFound', 'InvalidInstanceID.Malformed')) return undefined
      throw error
    })
    const tags = described?.Reservations?.[0]?.Instances?.[0]?.Tags ?? []
    return tags.find(({ Key }) => Key === 'aws:autoscaling:groupName')?.Value ?? null
  }
  return {
    async poolOfInstance(instanceId, account, region) {
      const pools = fleet.pools.filter((pool) => pool.account === account && pool.region === region)
      const named = pools.find(({ agents }) => 'instanceIds' in agents && agents.instanceIds.includes(instanceId))
      if (named) return named.name
      if (!pools.some(({ agents }) => 'autoScalingGroup' in agents)) return null
      const member = await groups.membershipOf({ account, region, pool: '', id: instanceId, model: 'ec2' })
      const group = member?.group ?? (await tagOf(instanceId))
      return pools.find(({ agents }) => 'autoScalingGroup' in agents && agents.autoScalingGroup === group)?.name ?? null
    },
  }
}
