import type { AgentDirectory } from '../aws/agent-directory.ts'
import type { Subject } from '../domain/agent.ts'
import { dependenciesOf } from '../domain/dependencies.ts'
import type { Fleet, Pool } from '../domain/fleet.ts'
import type { Envelope } from './reader.ts'

/** The pools of the event's own account and region: an event never speaks for another place. */
export const poolsHere = ({ pools }: Fleet, { account, region }: Envelope): Pool[] =>
  pools.filter((pool) => pool.account === account && pool.region === region)

export const poolSubject = ({ account, region, name }: Pool): Subject => ({ kind: 'pool', account, region, pool: name })

export const agentSubject = ({ account, region, name, agents }: Pool, id: string): Subject => ({
  kind: 'agent',
  agent: { account, region, pool: name, id, model: agents.model },
})

const instanceId = /^i-[0-9a-f]{8,17}$/
const nodeId = /^mi-[0-9a-f]{17}$/

/** The subject of an EC2 instance or a managed node; null when no pool has it. */
export const subjectOfHost = async (
  id: string,
  event: Envelope,
  fleet: Fleet,
  directory: AgentDirectory,
): Promise<Subject | null> => {
  const pools = poolsHere(fleet, event)
  if (nodeId.test(id)) {
    const pool = pools.find(({ agents }) => 'nodeIds' in agents && agents.nodeIds.includes(id))
    return pool ? agentSubject(pool, id) : null
  }
  if (!instanceId.test(id)) return null
  const name = await directory.poolOfInstance(id, event.account, event.region)
  const pool = pools.find((candidate) => candidate.name === name)
  return pool ? agentSubject(pool, id) : null
}

/** The pool that dimensions name: by its own name, its group, its cluster and service, its project. */
export const poolOfDimensions = (dimensions: Record<string, string>, pools: readonly Pool[]): Pool | undefined =>
  pools.find(({ name, agents }) => {
    if (dimensions['Pool'] === name) return true
    if ('autoScalingGroup' in agents) return dimensions['AutoScalingGroupName'] === agents.autoScalingGroup
    if ('service' in agents)
      return dimensions['ClusterName'] === agents.cluster && dimensions['ServiceName'] === agents.service
    if ('project' in agents) return dimensions['ProjectName'] === agents.project
    return false
  })

/** The pools that fleet.json ties to a shared thing, by id, ARN or name. */
export const poolsNeeding = (fleet: Fleet, event: Envelope, matches: (dependency: string) => boolean): Pool[] =>
  poolsHere(fleet, event).filter((pool) => dependenciesOf(pool).some(matches))

/** Cluster and service may be names or ARNs. */
export const poolOfService = (fleet: Fleet, event: Envelope, cluster: string, service: string): Pool | undefined =>
  poolsHere(fleet, event).find(
    ({ agents }) => 'service' in agents && agents.cluster === lastPart(cluster) && agents.service === lastPart(service),
  )

/** `arn:…:cluster/ci`, `ci/builders` or `ci` → the name alone: ECS takes and tells either. */
export const lastPart = (arnOrName: string): string => arnOrName.split('/').at(-1) ?? arnOrName

export const poolOfGroup = (fleet: Fleet, event: Envelope, group: string): Pool | undefined =>
  poolsHere(fleet, event).find(({ agents }) => 'autoScalingGroup' in agents && agents.autoScalingGroup === group)

export const poolOfProject = (fleet: Fleet, event: Envelope, project: string): Pool | undefined =>
  poolsHere(fleet, event).find(({ agents }) => 'project' in agents && agents.project === project)
