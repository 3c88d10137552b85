import { describe, expect, it } from 'vitest'
import { awsPoolMembers } from '../../functions/aws/pool-members.ts'
import { poolNamed } from '../../functions/domain/load-fleet.ts'
import { aFleet } from './a-platform.ts'

type Sources = Parameters<typeof awsPoolMembers>[0]

/** Sources of which each test names what it reads. */
const membersOf = async (pool: string, sources: { [K in keyof Sources]?: Partial<Sources[K]> }) => {
  const members = await awsPoolMembers(sources as Sources).of(poolNamed(aFleet(), pool))
  return Object.fromEntries(members.map(({ agent, healthy, reason }) => [agent.id, healthy ? 'healthy' : reason]))
}
const heartbeats = (ages: Record<string, number | null>) => ({
  heartbeatAges: async () => new Map(Object.entries(ages)),
})

const group = (...members: [id: string, lifecycle: string, health: string][]) => ({
  group: async (name: string) => ({
    name,
    min: 1,
    max: 4,
    desired: 3,
    members: members.map(([id, lifecycle, health]) => ({ id, lifecycle, health })),
  }),
})

describe('the members of a pool', () => {
  it('of an Auto Scaling group are healthy in service and with a fresh heartbeat only', async () => {
    const members = await membersOf('linux-builders', {
      groups: group(
        ['i-well', 'InService', 'Healthy'],
        ['i-silent', 'InService', 'Healthy'],
        ['i-stale', 'InService', 'Healthy'],
        ['i-unhealthy', 'InService', 'Unhealthy'],
        ['i-standby', 'Standby', 'Healthy'],
      ),
      metrics: heartbeats({ 'i-well': 300, 'i-silent': null, 'i-stale': 301, 'i-unhealthy': 0, 'i-standby': 0 }),
    })
    expect(members).toEqual({
      'i-well': 'healthy',
      'i-silent': 'no heartbeat for 30 minutes',
      'i-stale': 'heartbeat 301 s old',
      'i-unhealthy': 'InService, Unhealthy',
      'i-standby': 'Standby, Healthy',
    })
  })

  it('can not be told of a group that does not exist', async () => {
    await expect(membersOf('linux-builders', { groups: { group: async () => null } })).rejects.toThrow(
      /linux-builders does not exist; correct fleet.json/,
    )
  })

  it('on premises are healthy when Systems Manager reaches them and they send a heartbeat', async () => {
    const members = await membersOf('plant-deployers', {
      nodes: {
        describe: async ({ id }) => ({
          ping: id.endsWith('8') ? 'Online' : 'ConnectionLost',
          lastPingAt: null,
          ssmAgentVersion: null,
        }),
      },
      metrics: heartbeats({ 'mi-0a1b2c3d4e5f60718': 30, 'mi-0a1b2c3d4e5f60719': 30 }),
    })
    expect(members).toEqual({
      'mi-0a1b2c3d4e5f60718': 'healthy',
      'mi-0a1b2c3d4e5f60719': 'ping status ConnectionLost',
    })
  })

  it('of an ECS service are healthy when they run and no health check says otherwise', async () => {
    const tasks: Record<string, { lastStatus: string; healthStatus: string } | null> = {
      well: { lastStatus: 'RUNNING', healthStatus: 'UNKNOWN' },
      starting: { lastStatus: 'PENDING', healthStatus: 'UNKNOWN' },
      failing: { lastStatus: 'RUNNING', healthStatus: 'UNHEALTHY' },
      gone: null,
    }
    const members = await membersOf('container-builders', {
      tasks: {
        running: async () => Object.keys(tasks),
        describe: async ({ id }) => tasks[id] as Awaited<ReturnType<Sources['tasks']['describe']>>,
      },
    })
    expect(members).toMatchObject({
      well: 'healthy',
      starting: 'task PENDING, UNKNOWN',
      failing: 'task RUNNING, UNHEALTHY',
    })
    expect(members['gone']).toMatch(/^task gone/)
  })

  it('of CodeBuild are none: builds come and go', async () => {
    expect(await membersOf('managed-builds', { metrics: heartbeats({}) })).toEqual({})
  })
})
