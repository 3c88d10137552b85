import type { AgentModel, AgentRef } from '../domain/agent.ts'
import type { Pool } from '../domain/fleet.ts'
import type { AutoScalingGroups } from './auto-scaling-groups.ts'
import type { Instances } from './instances.ts'
import type { ManagedNodes } from './managed-nodes.ts'
import type { Metrics } from './metrics.ts'
import type { Tasks } from './tasks.ts'

export interface Member {
  agent: AgentRef
  /** The platform has it in service, whatever its heartbeat says. */
  inService: boolean
  /** True only for an agent that is in service by its platform and whose heartbeat is fresh. */
  healthy: boolean
  reason: string
}

/** Who is in a pool and who of them works: read for the floor of healthy agents. */
export interface PoolMembers {
  of(pool: Pool): Promise<Member[]>
}

interface Sources {
  groups: AutoScalingGroups
  instances: Instances
  nodes: ManagedNodes
  tasks: Tasks
  metrics: Metrics
}

/** Metrics arrive a minute or two late; a heartbeat is looked for over this window. */
const windowMinutes = 30

/** Membership by platform and heartbeats, in as many calls as the platform needs and one for all heartbeats. */
export const awsPoolMembers = ({ groups, instances, nodes, tasks, metrics }: Sources): PoolMembers => {
  const agentOf = ({ account, region, name }: Pool, model: AgentModel, id: string): AgentRef => ({
    account,
    region,
    pool: name,
    id,
    model,
  })

  /** Id → why the platform does not have it in service; null when it has. */
  const inService = async (pool: Pool): Promise<Map<string, string | null>> => {
    const { agents } = pool
    const found = new Map<string, string | null>()
    if (agents.model === 'ec2' && 'autoScalingGroup' in agents) {
      const group = await groups.group(agents.autoScalingGroup)
      if (!group)
        throw new Error(
          `Auto Scaling group ${agents.autoScalingGroup} of pool ${pool.name} does not exist; correct fleet.json`,
        )
      for (const { id, lifecycle, health } of group.members)
        found.set(id, lifecycle === 'InService' && health === 'Healthy' ? null : `${lifecycle}, ${health}`)
    } else if (agents.model === 'ec2') {
      for (const id of agents.instanceIds) {
        const { state } = await instances.describe(agentOf(pool, 'ec2', id))
        found.set(id, state === 'running' ? null : `instance ${state}`)
      }
    } else if (agents.model === 'hybrid') {
      for (const id of agents.nodeIds) {
        const { ping } = await nodes.describe(agentOf(pool, 'hybrid', id))
        found.set(id, ping === 'Online' ? null : `ping status ${ping}`)
      }
    } else if (agents.model === 'ecs') {
      const of = 'service' in agents ? { service: agents.service } : { family: agents.family }
      for (const arn of await tasks.running(agents.cluster, of)) {
        const task = await tasks.describe(agentOf(pool, 'ecs', arn), agents.cluster)
        const bad = task?.lastStatus !== 'RUNNING' || task.healthStatus === 'UNHEALTHY'
        found.set(arn, bad ? `task ${task?.lastStatus ?? 'gone'}, ${task?.healthStatus ?? ''}` : null)
      }
    }
    return found
  }

  return {
    async of(pool) {
      const { model } = pool.agents
      const standing = await inService(pool)
      const agents = [...standing.keys()].map((id) => agentOf(pool, model, id))
      // A container tells its health to ECS and sends no heartbeat of its own.
      const ages = model === 'ecs' ? undefined : await metrics.heartbeatAges(agents, windowMinutes)
      return agents.map((agent) => {
        const trouble = standing.get(agent.id) ?? null
        if (trouble) return { agent, inService: false, healthy: false, reason: trouble }
        if (!ages) return { agent, inService: true, healthy: true, reason: 'in service' }
        const age = ages.get(agent.id) ?? null
        const fresh = age !== null && age <= pool.thresholds.heartbeatSeconds
        return {
          agent,
          inService: true,
          healthy: fresh,
          reason: age === null ? `no heartbeat for ${windowMinutes} minutes` : `heartbeat ${age} s old`,
        }
      })
    },
  }
}
