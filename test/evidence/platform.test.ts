import { describe, expect, it } from 'vitest'
import type { AgentRef } from '../../functions/domain/agent.ts'
import { PermissionDeniedError, ThrottledError } from '../../functions/domain/errors.ts'
import { poolNamed } from '../../functions/domain/load-fleet.ts'
import { collectPlatform, type PlatformServices } from '../../functions/evidence/platform.ts'
import { aClock, aContainer, aFleet, aNode, anAgent } from '../aws/a-platform.ts'

const view = {
  state: 'running',
  stateReasonCode: null,
  stateTransitionReason: null,
  launchedAt: '2026-02-27T02:00:00.000Z',
  instanceType: 'm7g.large',
  rootDevice: 'ebs',
  autoRecovery: 'default',
  systemStatus: 'ok',
  instanceStatus: 'ok',
} as const
const node = { ping: 'Online', lastPingAt: null, ssmAgentVersion: '3.3.3572.0' } as const
const Arn = 'arn:aws:iam::111122223333:instance-profile/linux-builders'
const denied = () => Promise.reject(new PermissionDeniedError('AccessDenied: not allowed'))

const services = (of: { [K in keyof PlatformServices]?: Partial<PlatformServices[K]> } = {}): PlatformServices =>
  ({
    clock: aClock(),
    instances: { describe: async () => view, profileOf: async () => Arn, ...of.instances },
    nodes: { describe: async () => node, ...of.nodes },
    groups: {
      membershipOf: async () => ({ group: 'linux-builders', lifecycle: 'InService', health: 'HEALTHY' }),
      group: async () => ({ name: 'linux-builders', min: 2, max: 5, desired: 4, members: [] }),
      ...of.groups,
    },
    tasks: { ...of.tasks },
  }) as PlatformServices

const collect = (agent: AgentRef, of: Parameters<typeof services>[0] = {}) =>
  collectPlatform(agent, poolNamed(aFleet(), agent.pool), services(of))

describe('what the platform tells of an instance', () => {
  it('is its state, profile, ping and group', async () => {
    expect(await collect(anAgent())).toEqual({
      status: 'observed',
      at: '2026-03-01T02:00:00.000Z',
      channel: 'ec2-api',
      source: 'ec2',
      value: {
        model: 'ec2',
        ...view,
        instanceProfileArn: Arn,
        ping: 'Online',
        ssmAgentVersion: '3.3.3572.0',
        group: { name: 'linux-builders', lifecycle: 'InService', health: 'HEALTHY', min: 2, max: 5, desired: 4 },
      },
    })
  })

  it('leaves out the profile that may not be read: that is not the same as having none', async () => {
    const part = await collect(anAgent(), { instances: { profileOf: denied } })
    expect(part).toMatchObject({ status: 'observed', value: { state: 'running' } })
    expect(part).not.toHaveProperty('value.instanceProfileArn')
    expect(await collect(anAgent(), { instances: { profileOf: async () => null } })).toMatchObject({
      value: { instanceProfileArn: null },
    })
  })

  it('leaves the ping open where Systems Manager may not be read', async () => {
    expect(await collect(anAgent(), { nodes: { describe: denied } })).toMatchObject({
      status: 'observed',
      value: { ping: null },
    })
  })

  it('is unavailable where the group may not be read: a plan for an instance of no group would be another', async () => {
    expect(await collect(anAgent(), { groups: { membershipOf: denied } })).toMatchObject({
      status: 'unavailable',
      reason: 'PermissionDeniedError: AccessDenied: not allowed',
    })
  })

  it('has no group for an instance of none', async () => {
    expect(await collect(anAgent(), { groups: { membershipOf: async () => null } })).toMatchObject({
      status: 'observed',
      value: { group: null },
    })
  })

  it('is tried again by the state when it was throttled anywhere', async () => {
    const throttled = () => Promise.reject(new ThrottledError('slow'))
    await expect(collect(anAgent(), { instances: { describe: throttled } })).rejects.toThrow('slow')
    await expect(collect(anAgent(), { nodes: { describe: throttled } })).rejects.toThrow('slow')
  })
})

describe('what the platform tells of the other models', () => {
  it('is the ping of a node on premises', async () => {
    expect(await collect(aNode())).toMatchObject({
      status: 'observed',
      channel: 'ssm',
      value: { model: 'hybrid', ping: 'Online' },
    })
  })

  it('is the task, without what only its replacement needs', async () => {
    const task = { lastStatus: 'STOPPED', service: null, startedBy: 'action-1', group: 'family:nightly-builder' }
    const part = await collect(aContainer(), { tasks: { describe: async () => task as never } })
    expect(part).toMatchObject({ channel: 'ecs-api', value: { model: 'ecs', lastStatus: 'STOPPED' } })
    expect(part).not.toHaveProperty('value.startedBy')
  })

  it('is unavailable once ECS forgot the task', async () => {
    expect(await collect(aContainer(), { tasks: { describe: async () => null } })).toMatchObject({
      status: 'unavailable',
      reason: expect.stringContaining('forgets a stopped one after an hour'),
    })
  })

  it('is not read yet of CodeBuild, and says so', async () => {
    expect(await collect(anAgent({ pool: 'managed-builds', model: 'codebuild' }))).toMatchObject({
      status: 'unavailable',
      reason: 'builds of CodeBuild are not read yet',
    })
  })
})
