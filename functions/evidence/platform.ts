import type { AutoScalingGroups } from '../aws/auto-scaling-groups.ts'
import type { Instances } from '../aws/instances.ts'
import type { ManagedNodes } from '../aws/managed-nodes.ts'
import type { Tasks } from '../aws/tasks.ts'
import type { AgentRef } from '../domain/agent.ts'
import { ThrottledError, TransientError } from '../domain/errors.ts'
import { type Ec2Platform, type Evidence, unavailable } from '../domain/evidence.ts'
import type { Pool } from '../domain/fleet.ts'
import type { Clock } from '../domain/time.ts'
import { partOf } from './failure.ts'

export interface PlatformServices {
  instances: Instances
  groups: AutoScalingGroups
  nodes: ManagedNodes
  tasks: Tasks
  clock: Clock
}

/** A side fact that must not take the whole part down: absent when it is denied. */
const orElse = async <T, E>(read: () => Promise<T>, otherwise: E): Promise<T | E> => {
  try {
    return await read()
  } catch (error) {
    if (error instanceof ThrottledError || error instanceof TransientError) throw error
    return otherwise
  }
}

const readInstance = async (agent: AgentRef, { instances, groups, nodes }: PlatformServices): Promise<Ec2Platform> => {
  const view = await instances.describe(agent)
  const profile = await orElse(() => instances.profileOf(agent), undefined)
  const node = await orElse(() => nodes.describe(agent), { ping: null, ssmAgentVersion: null })
  // Not known to be in a group is not the same as being in none: a plan without Standby would have the instance replaced.
  const member = await groups.membershipOf(agent)
  const group = member && (await groups.group(member.group))
  return {
    model: 'ec2',
    ...view,
    ...(profile === undefined ? {} : { instanceProfileArn: profile }),
    ping: node.ping,
    ssmAgentVersion: node.ssmAgentVersion,
    group:
      member && group
        ? {
            name: member.group,
            lifecycle: member.lifecycle,
            health: member.health,
            min: group.min,
            max: group.max,
            desired: group.desired,
          }
        : null,
  }
}

/** What EC2, ECS or Systems Manager tells of the agent. */
export const collectPlatform = async (
  agent: AgentRef,
  { agents }: Pool,
  services: PlatformServices,
): Promise<Evidence['platform']> => {
  const at = services.clock.now()
  switch (agent.model) {
    case 'ec2':
      return partOf(at, 'ec2-api', 'ec2', () => readInstance(agent, services))
    case 'hybrid':
      return partOf(at, 'ssm', 'systems manager', async () => ({
        model: 'hybrid' as const,
        ...(await services.nodes.describe(agent)),
      }))
    case 'ecs':
      return partOf(at, 'ecs-api', 'ecs', async () => {
        const cluster = 'cluster' in agents ? agents.cluster : ''
        const task = await services.tasks.describe(agent, cluster)
        if (!task) throw new Error('ECS no longer describes the task: it forgets a stopped one after an hour')
        const { startedBy: _startedBy, group: _group, ...view } = task
        return { model: 'ecs' as const, ...view }
      })
    case 'codebuild':
      return unavailable(at, 'event', 'codebuild', 'builds of CodeBuild are not read yet')
  }
}
