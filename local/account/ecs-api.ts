import { serviceError } from './errors.ts'
import { type Operation, operation, z } from './input.ts'
import type { AccountState, Task } from './state.ts'
import { endTask, startTask } from './tasks.ts'

/** ECS describes a stopped task for about an hour. */
const rememberedMs = 3_600_000

export const ecsApi = (state: AccountState): Record<string, Operation> => {
  const { timeline, account, region } = state
  const definitionArn = (family: string) => `arn:aws:ecs:${region}:${account}:task-definition/${family}:7`
  const remembered = (task: Task) =>
    task.stoppedAt === null || timeline.now().getTime() - task.stoppedAt.getTime() < rememberedMs
  const ofCluster = (cluster: string): Task[] => {
    const known = state.fleet.pools.some(({ agents }) => 'cluster' in agents && agents.cluster === cluster)
    if (!known) throw serviceError('ClusterNotFoundException', 'Cluster not found.')
    return [...state.tasks.values()].filter((task) => task.cluster === cluster && remembered(task))
  }
  const described = (task: Task) => ({
    taskArn: task.arn,
    clusterArn: `arn:aws:ecs:${region}:${account}:cluster/${task.cluster}`,
    taskDefinitionArn: definitionArn(task.family),
    group: task.service ? `service:${task.service}` : `family:${task.family}`,
    lastStatus: task.lastStatus,
    desiredStatus: task.desiredStatus,
    launchType: 'FARGATE',
    memory: '4096',
    cpu: '1024',
    healthStatus: 'UNKNOWN',
    ...(task.startedBy ? { startedBy: task.startedBy } : {}),
    ...(task.stopCode ? { stopCode: task.stopCode, stoppedReason: task.stoppedReason, stoppedAt: task.stoppedAt } : {}),
    attachments: [
      { type: 'ElasticNetworkInterface', details: [{ name: 'subnetId', value: 'subnet-0a1b2c3d4e5f67890' }] },
    ],
    containers: [
      {
        name: 'build-agent',
        lastStatus: task.lastStatus,
        ...(task.exitCode === null ? {} : { exitCode: task.exitCode }),
        ...(task.containerReason ? { reason: task.containerReason } : {}),
      },
    ],
  })
  return {
    DescribeTasks: operation(
      'ecs',
      'DescribeTasks',
      z.strictObject({ cluster: z.string(), tasks: z.array(z.string()).check(z.maxLength(100)) }),
      ({ cluster, tasks }) => {
        const known = ofCluster(cluster)
        const found = known.filter(({ arn }) => tasks.includes(arn))
        const missing = tasks.filter((arn) => !found.some((task) => task.arn === arn))
        return { tasks: found.map(described), failures: missing.map((arn) => ({ arn, reason: 'MISSING' })) }
      },
    ),
    DescribeServices: operation(
      'ecs',
      'DescribeServices',
      z.strictObject({ cluster: z.string(), services: z.array(z.string()) }),
      ({ cluster, services }) => ({
        services: services.flatMap((name) => {
          const service = state.services.get(`${cluster}/${name}`)
          if (!service) return []
          const own = ofCluster(cluster).filter((task) => task.service === name)
          return [
            {
              serviceName: name,
              desiredCount: service.desired,
              runningCount: own.filter(({ lastStatus }) => lastStatus === 'RUNNING').length,
              pendingCount: own.filter(({ lastStatus }) => lastStatus === 'PROVISIONING').length,
              deployments: [{ status: 'PRIMARY', rolloutState: 'COMPLETED' }],
            },
          ]
        }),
      }),
    ),
    ListTasks: operation(
      'ecs',
      'ListTasks',
      z.strictObject({
        cluster: z.string(),
        desiredStatus: z.optional(z.enum(['RUNNING', 'STOPPED'])),
        serviceName: z.optional(z.string()),
        family: z.optional(z.string()),
        startedBy: z.optional(z.string()),
      }),
      ({ cluster, desiredStatus = 'RUNNING', serviceName, family, startedBy }) => ({
        taskArns: ofCluster(cluster)
          .filter((task) => task.desiredStatus === desiredStatus)
          .filter(
            (task) =>
              (serviceName === undefined || task.service === serviceName) &&
              (family === undefined || task.family === family) &&
              (startedBy === undefined || task.startedBy === startedBy),
          )
          .map(({ arn }) => arn),
      }),
    ),
    RunTask: operation(
      'ecs',
      'RunTask',
      z.strictObject({
        cluster: z.string(),
        taskDefinition: z.string(),
        count: z.literal(1),
        clientToken: z.string().check(z.maxLength(64)),
        startedBy: z.string().check(z.maxLength(36)),
        launchType: z.literal('FARGATE'),
        networkConfiguration: z.strictObject({
          awsvpcConfiguration: z.strictObject({
            subnets: z.array(z.string()).check(z.minLength(1)),
            securityGroups: z.optional(z.array(z.string())),
            assignPublicIp: z.optional(z.enum(['ENABLED', 'DISABLED'])),
          }),
        }),
      }),
      ({ cluster, taskDefinition, clientToken, startedBy }) => {
        // The same client token is the same task.
        const before = ofCluster(cluster).find((task) => task.clientToken === clientToken)
        const family = taskDefinition.split('/').at(-1)?.split(':')[0] ?? ''
        return {
          tasks: [described(before ?? startTask(state, { cluster, family, service: null }, startedBy, clientToken))],
          failures: [],
        }
      },
    ),
    StopTask: operation(
      'ecs',
      'StopTask',
      z.strictObject({ cluster: z.string(), task: z.string(), reason: z.optional(z.string()) }),
      ({ cluster, task: arn, reason }) => {
        const task = ofCluster(cluster).find((each) => each.arn === arn)
        if (!task) throw serviceError('InvalidParameterException', 'The referenced task was not found.')
        endTask(state, task, {
          stopCode: 'UserInitiated',
          stoppedReason: reason ?? 'Task stopped by user',
          exitCode: 143,
          containerReason: null,
        })
        return { task: described(task) }
      },
    ),
  }
}
