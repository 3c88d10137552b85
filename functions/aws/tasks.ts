import {
  DescribeServicesCommand,
  DescribeTasksCommand,
  ListTasksCommand,
  type ListTasksCommandInput,
  RunTaskCommand,
  StopTaskCommand,
  type Task,
} from '@aws-sdk/client-ecs'
import type { AgentRef } from '../domain/agent.ts'
import type { EcsPlatform } from '../domain/evidence.ts'
import type { Platform } from '../runtime/platform.ts'
import { ecsClient } from './clients.ts'
import { guarded } from './failures.ts'

export interface TaskView extends Omit<EcsPlatform, 'model'> {
  startedBy: string | null
  /** `service:<name>` or `family:<name>`. */
  group: string | null
}

/** Where a task in awsvpc mode runs. */
export interface TaskNetwork {
  subnets: string[]
  securityGroups: string[]
  assignPublicIp: boolean
}

/** ECS tasks of a cluster. */
export interface Tasks {
  /** Null once ECS no longer describes it (an hour after it stopped). */
  describe(agent: AgentRef, cluster: string): Promise<TaskView | null>
  /** ARNs of the tasks that run for a service or a family. */
  running(cluster: string, of: { service: string } | { family: string }): Promise<string[]>
  /** Starts a standalone task like the stopped one; `token` is ECS's client token, so a repeat starts no second task. */
  runLike(agent: AgentRef, cluster: string, token: string, network?: TaskNetwork): Promise<string>
  stop(agent: AgentRef, cluster: string, reason: string): Promise<void>
  /** The task started with this token as its `startedBy`, if there is one. */
  findStartedBy(cluster: string, token: string): Promise<string | undefined>
}

/** A standalone task carries the id of the action that started it, so that it is found again. */
export const awsTasks = (platform: Platform): Tasks => {
  const client = () => ecsClient(platform)
  const raw = async (cluster: string, id: string): Promise<Task | undefined> => {
    const { tasks } = await guarded(() => client().send(new DescribeTasksCommand({ cluster, tasks: [id] })))
    return tasks?.[0]
  }
  const serviceOf = async (cluster: string, group: string | undefined): Promise<TaskView['service']> => {
    if (!group?.startsWith('service:')) return null
    const name = group.slice('service:'.length)
    const { services } = await guarded(() => client().send(new DescribeServicesCommand({ cluster, services: [name] })))
    const service = services?.[0]
    if (!service) return null
    return {
      name,
      desired: service.desiredCount ?? 0,
      running: service.runningCount ?? 0,
      pending: service.pendingCount ?? 0,
      rollout: service.deployments?.find(({ status }) => status === 'PRIMARY')?.rolloutState ?? null,
    }
  }
  const list = async (input: ListTasksCommandInput): Promise<string[]> => {
    const arns: string[] = []
    let nextToken: string | undefined
    do {
      const page = await guarded(() =>
        client().send(new ListTasksCommand({ ...input, ...(nextToken ? { nextToken } : {}) })),
      )
      arns.push(...(page.taskArns ?? []))
      nextToken = page.nextToken
    } while (nextToken)
    return arns
  }
  return {
    async describe({ id }, cluster) {
      const task = await raw(cluster, id)
      if (!task) return null
      return {
        lastStatus: task.lastStatus ?? 'UNKNOWN',
        desiredStatus: task.desiredStatus ?? null,
        stopCode: task.stopCode ?? null,
        stoppedReason: task.stoppedReason ?? null,
        stoppedAt: task.stoppedAt?.toISOString() ?? null,
        healthStatus: task.healthStatus ?? null,
        launchType: task.launchType ?? null,
        taskDefinition: task.taskDefinitionArn ?? null,
        memoryMiB: task.memory ? Number(task.memory) : null,
        containers: (task.containers ?? []).map(({ name, lastStatus, exitCode, reason }) => ({
          name: name ?? '',
          lastStatus: lastStatus ?? null,
          exitCode: exitCode ?? null,
          reason: reason ?? null,
        })),
        service: await serviceOf(cluster, task.group),
        startedBy: task.startedBy ?? null,
        group: task.group ?? null,
      }
    },
    running: (cluster, of) =>
      list({
        cluster,
        desiredStatus: 'RUNNING',
        ...('service' in of ? { serviceName: of.service } : { family: of.family }),
      }),
    async runLike({ id }, cluster, token, network) {
      const task = await raw(cluster, id)
      if (!task?.taskDefinitionArn)
        throw new Error(`ECS no longer describes task ${id}, so nothing tells how it was run`)
      const { tasks, failures } = await guarded(() =>
        client().send(
          new RunTaskCommand({
            cluster,
            taskDefinition: task.taskDefinitionArn,
            count: 1,
            clientToken: token,
            startedBy: token,
            ...placementOf(task),
            ...(network ? givenNetwork(network) : networkOf(task)),
            ...(task.overrides ? { overrides: task.overrides } : {}),
            ...(task.enableExecuteCommand ? { enableExecuteCommand: true } : {}),
          }),
        ),
      )
      const started = tasks?.[0]?.taskArn
      if (!started)
        throw new Error(`ECS started no task: ${failures?.map(({ reason }) => reason).join(', ') || 'no reason given'}`)
      return started
    },
    async stop({ id }, cluster, reason) {
      await guarded(() => client().send(new StopTaskCommand({ cluster, task: id, reason })))
    },
    async findStartedBy(cluster, token) {
      return (await list({ cluster, startedBy: token }))[0]
    },
  }
}

/** A task of a capacity provider is run by that again: RunTask takes it or a launch type, and never both. */
const placementOf = ({ capacityProviderName, launchType, platformVersion }: Task) => ({
  ...(capacityProviderName
    ? { capacityProviderStrategy: [{ capacityProvider: capacityProviderName }] }
    : launchType
      ? { launchType }
      : {}),
  ...(platformVersion ? { platformVersion } : {}),
})

const givenNetwork = ({ subnets, securityGroups, assignPublicIp }: TaskNetwork) => ({
  networkConfiguration: {
    awsvpcConfiguration: {
      subnets,
      securityGroups,
      assignPublicIp: assignPublicIp ? ('ENABLED' as const) : ('DISABLED' as const),
    },
  },
})

/**
 * The network of a task in awsvpc mode, read back from its interface: RunTask asks for it anew. ECS tells the subnet and
 * not the security groups, so the new task gets the VPC's default group and no public address.
 */
const networkOf = (task: Task) => {
  const details = task.attachments?.find(({ type }) => type === 'ElasticNetworkInterface')?.details
  const subnet = details?.find(({ name }) => name === 'subnetId')?.value
  return subnet ? { networkConfiguration: { awsvpcConfiguration: { subnets: [subnet] } } } : {}
}
