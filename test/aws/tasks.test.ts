import { describe, expect, it } from 'vitest'
import { awsTasks } from '../../functions/aws/tasks.ts'
import { aContainer, answering, aTaskArn } from './a-platform.ts'

const agent = aContainer()
const taskDefinitionArn = 'arn:aws:ecs:eu-central-1:111122223333:task-definition/nightly-builder:7'
const aTask = (of: object = {}) => ({
  taskArn: aTaskArn,
  taskDefinitionArn,
  group: 'family:nightly-builder',
  lastStatus: 'STOPPED',
  launchType: 'FARGATE',
  ...of,
})

describe('a task', () => {
  it('is what ECS tells of it, of its containers and of its service', async () => {
    const { platform } = answering({
      DescribeTasks: {
        tasks: [
          aTask({
            group: 'service:container-builders',
            stopCode: 'EssentialContainerExited',
            stoppedAt: new Date('2026-03-01T01:58:00Z'),
            memory: '4096',
            containers: [{ name: 'build-agent', exitCode: 137, reason: 'OutOfMemoryError: Container killed' }],
          }),
        ],
      },
      DescribeServices: {
        services: [
          {
            desiredCount: 3,
            runningCount: 2,
            pendingCount: 1,
            deployments: [
              { status: 'ACTIVE', rolloutState: 'FAILED' },
              { status: 'PRIMARY', rolloutState: 'IN_PROGRESS' },
            ],
          },
        ],
      },
    })
    expect(await awsTasks(platform).describe(agent, 'ci')).toMatchObject({
      lastStatus: 'STOPPED',
      stopCode: 'EssentialContainerExited',
      stoppedAt: '2026-03-01T01:58:00.000Z',
      memoryMiB: 4096,
      containers: [
        { name: 'build-agent', lastStatus: null, exitCode: 137, reason: 'OutOfMemoryError: Container killed' },
      ],
      service: { name: 'container-builders', desired: 3, running: 2, pending: 1, rollout: 'IN_PROGRESS' },
    })
  })

  it('of its own has no service', async () => {
    const { platform } = answering({ DescribeTasks: { tasks: [aTask()] } })
    expect(await awsTasks(platform).describe(agent, 'ci')).toMatchObject({ service: null })
  })

  it('is nothing once ECS forgot it', async () => {
    const { platform } = answering({ DescribeTasks: { tasks: [], failures: [{ reason: 'MISSING' }] } })
    expect(await awsTasks(platform).describe(agent, 'ci')).toBeNull()
  })

  it('is stopped with the reason that the next reader sees', async () => {
    const { platform, calls } = answering({ StopTask: {} })
    await awsTasks(platform).stop(agent, 'ci', 'agent-medic inc-1')
    expect(calls[0]?.input).toEqual({ cluster: 'ci', task: aTaskArn, reason: 'agent-medic inc-1' })
  })
})

describe('the tasks of a cluster', () => {
  it('are listed by service or family over every page', async () => {
    const { platform, calls } = answering({
      ListTasks: ({ input }) => (input['nextToken'] ? { taskArns: ['c'] } : { taskArns: ['a', 'b'], nextToken: '2' }),
    })
    expect(await awsTasks(platform).running('ci', { service: 'container-builders' })).toEqual(['a', 'b', 'c'])
    expect(calls[1]?.input).toEqual({
      cluster: 'ci',
      desiredStatus: 'RUNNING',
      serviceName: 'container-builders',
      nextToken: '2',
    })
  })

  it('are found by who started them', async () => {
    const { platform } = answering({ ListTasks: ({ input }) => ({ taskArns: input['startedBy'] ? ['a'] : [] }) })
    expect(await awsTasks(platform).findStartedBy('ci', 'action-1')).toBe('a')
  })
})

describe('a task like the one that stopped', () => {
  const runLike = async (task: object, started: object = { tasks: [{ taskArn: 'new' }] }) => {
    const { platform, calls } = answering({ DescribeTasks: { tasks: [task] }, RunTask: started })
    const arn = await awsTasks(platform).runLike(agent, 'ci', 'action-1')
    return { arn, input: calls[1]?.input }
  }

  it('is run once per token, in the same subnet', async () => {
    const attachments = [
      { type: 'ElasticNetworkInterface', details: [{ name: 'subnetId', value: 'subnet-0a1b2c3d4e5f67890' }] },
    ]
    expect(await runLike(aTask({ attachments }))).toEqual({
      arn: 'new',
      input: {
        cluster: 'ci',
        taskDefinition: taskDefinitionArn,
        count: 1,
        clientToken: 'action-1',
        startedBy: 'action-1',
        launchType: 'FARGATE',
        networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-0a1b2c3d4e5f67890'] } },
      },
    })
  })

  it('is run by the same capacity provider, and then by no launch type', async () => {
    const { input } = await runLike(aTask({ capacityProviderName: 'FARGATE_SPOT' }))
    expect(input).toMatchObject({ capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT' }] })
    expect(input).not.toHaveProperty('launchType')
  })

  it('is run with the same overrides', async () => {
    const overrides = { containerOverrides: [{ name: 'build-agent', command: ['nightly'] }] }
    expect((await runLike(aTask({ overrides }))).input).toMatchObject({ overrides })
  })

  it('is not run when ECS has no room for it, and the reason is told', async () => {
    await expect(runLike(aTask(), { tasks: [], failures: [{ reason: 'RESOURCE:MEMORY' }] })).rejects.toThrow(
      /RESOURCE:MEMORY/,
    )
  })

  it('is not run when nothing tells how the first was run', async () => {
    const { platform } = answering({ DescribeTasks: { tasks: [] } })
    await expect(awsTasks(platform).runLike(agent, 'ci', 'action-1')).rejects.toThrow(/no longer describes/)
  })
})
