import { afterEach, describe, expect, it } from 'vitest'
import type { ActionContext, ActionServices, Progress } from '../../functions/actions/action-definition.ts'
import { actions } from '../../functions/actions/index.ts'
import { agentGateways } from '../../functions/aws/agent-gateways.ts'
import type { Action, ActionKind, Handle } from '../../functions/domain/action.ts'
import type { AgentRef } from '../../functions/domain/agent.ts'
import { poolNamed, profileOf } from '../../functions/domain/load-fleet.ts'
import { anAgent, theFleet } from '../builders/incident.ts'
import { aSimulatedAccount } from '../evidence/a-simulated-account.ts'
import { fakeIncidents } from '../fakes.ts'

const builders = [1, 2, 3, 4].map((number) => `i-0a1b2c3d4e5f6000${number}`)
const node = 'mi-0a1b2c3d4e5f60718'
const task = 'arn:aws:ecs:eu-central-1:111122223333:task/ci/0123456789abcdef0123456789abcdef'
const unit = 'codepipeline-job-worker.service'

/** The real actions through the real gateways on the simulated account, one of whose agents has the faults. */
const aScene = (faults: object[], agent: AgentRef = anAgent(), groups: object[] = []) => {
  const others = agent.model === 'ec2' ? builders.slice(1).map((id) => ({ pool: agent.pool, id })) : []
  const { platform, clock } = aSimulatedAccount({
    groups,
    agents: [{ pool: agent.pool, id: agent.id, faults }, ...others],
  })
  const fleet = theFleet()
  const pool = poolNamed(fleet, agent.pool)
  const context: ActionContext = {
    pool,
    profile: profileOf(fleet, pool),
    incidentId: 'inc-1',
    cause: 'test',
    intendedAt: clock.now().toISOString(),
  }
  const incidents = fakeIncidents()
  const services: ActionServices = { ...agentGateways(platform), incidents: incidents.store, clock }
  const action = (kind: ActionKind, parameters: Record<string, string> = {}): Action => ({
    id: `inc-1-${kind}`,
    kind,
    target: agent,
    parameters,
    channel: actions[kind].channel,
    always: false,
    undo: '',
  })
  const settle = async (of: Action, handle: Handle): Promise<Progress> => {
    const deadline = clock.now().getTime() + actions[of.kind].deadlineSeconds * 1000
    for (;;) {
      const progress = await clock.until(actions[of.kind].check(of, handle, services, context))
      if (progress.status !== 'pending' || clock.now().getTime() > deadline) return progress
      await clock.sleep(progress.waitSeconds * 1000)
    }
  }
  return {
    services,
    clock,
    action,
    settle,
    quarantined: incidents.store.quarantined,
    start: (of: Action) => clock.until(actions[of.kind].start(of, services, context)),
    find: (of: Action) => clock.until(actions[of.kind].find(of, services, context)),
    async run(kind: ActionKind, parameters: Record<string, string> = {}) {
      const of = action(kind, parameters)
      return settle(of, await clock.until(actions[kind].start(of, services, context)))
    },
  }
}
let scene: ReturnType<typeof aScene>
afterEach(() => scene.clock.stop())

describe('host commands', () => {
  it('restart a unit that was stopped', async () => {
    scene = aScene([{ kind: 'service-stopped' }])
    expect(await scene.run('restart-service', { Unit: unit })).toMatchObject({ status: 'succeeded' })
  })

  it('do not call a restart a success that left the disk full', async () => {
    scene = aScene([{ kind: 'disk-full' }])
    expect(await scene.run('restart-service', { Unit: unit })).toMatchObject({
      status: 'failed',
      detail: expect.stringContaining('failed'),
    })
    expect(
      await scene.run('free-disk-space', { Unit: unit, WorkspacePath: '/var/lib/worker', MaxAgeHours: '24' }),
    ).toMatchObject({ status: 'succeeded' })
  })

  it('restore a configuration, and nothing else does', async () => {
    scene = aScene([{ kind: 'config-corrupt' }])
    expect((await scene.run('reinstall', { Unit: unit, Package: 'worker' })).status).toBe('failed')
    const parameters = { Unit: unit, ConfigPath: '/etc/worker.json', ConfigParameter: '/agents/linux-builders/config' }
    expect((await scene.run('restore-config', parameters)).status).toBe('succeeded')
  })

  it('install anew what is broken', async () => {
    scene = aScene([{ kind: 'service-will-not-start' }])
    expect((await scene.run('restart-service', { Unit: unit })).status).toBe('failed')
    expect((await scene.run('reinstall', { Unit: unit, Package: 'worker' })).status).toBe('succeeded')
  })

  it('are found by their comment after a lost answer, and were not started when there is none', async () => {
    scene = aScene([{ kind: 'service-stopped' }])
    const restart = scene.action('restart-service', { Unit: unit })
    expect(await scene.find(restart)).toBe('not-started')
    const handle = await scene.start(restart)
    expect(await scene.find(restart)).toEqual(handle)
  })

  it('change the host once, though they are sent twice with one action id', async () => {
    scene = aScene([{ kind: 'service-stopped' }])
    const restart = scene.action('restart-service', { Unit: unit })
    const first = await scene.settle(restart, await scene.start(restart))
    const again = await scene.settle(restart, await scene.start(restart))
    expect(again).toEqual(first)
  })

  it('fail when the host never takes them', async () => {
    scene = aScene([{ kind: 'clock-skew', seconds: 7200 }])
    expect(await scene.run('restart-service', { Unit: unit })).toMatchObject({
      status: 'failed',
      detail: expect.stringMatching(/Delivery/),
    })
  })
})

describe('instances', () => {
  const group = { Group: 'linux-builders', KeepCapacity: 'false' }

  it('reboot sets a wrong clock, and says nothing of a lost answer', async () => {
    scene = aScene([{ kind: 'clock-skew', seconds: 7200 }])
    expect(await scene.find(scene.action('reboot'))).toBe('unknown')
    expect((await scene.run('reboot')).status).toBe('succeeded')
    expect((await scene.run('restart-service', { Unit: unit })).status).toBe('succeeded')
  })

  it('a reboot does not mend the hardware; a stop and a start do', async () => {
    // With its replacement suspended, the group leaves the instance to us.
    const suspended = { name: 'linux-builders', min: 2, max: 5, desired: 4, replacesUnhealthy: false }
    scene = aScene([{ kind: 'instance-impaired' }], anAgent(), [suspended])
    await scene.run('enter-standby', group)
    expect(await scene.run('reboot')).toMatchObject({ status: 'failed', detail: expect.stringContaining('impaired') })
    expect((await scene.run('stop-instance')).status).toBe('succeeded')
    expect((await scene.run('start-instance')).status).toBe('succeeded')
    expect((await scene.run('exit-standby', group)).status).toBe('succeeded')
  })

  it('tell by the state whether a stop, a start or a Standby was taken', async () => {
    scene = aScene([])
    for (const [kind, before] of [
      ['enter-standby', 'not-started'],
      ['stop-instance', 'not-started'],
      ['start-instance', 'not-started'],
      ['exit-standby', 'not-started'],
    ] as const) {
      const action = scene.action(kind, group)
      expect(await scene.find(action), kind).toBe(before)
      const handle = await scene.start(action)
      expect(await scene.find(action), kind).toEqual({})
      expect((await scene.settle(action, handle)).status, kind).toBe('succeeded')
    }
  })

  it('leaving Standby is done when the instance never entered it', async () => {
    scene = aScene([])
    expect(await scene.run('exit-standby', group)).toMatchObject({ status: 'succeeded' })
  })

  it('a replacement names its successor, also after a lost answer', async () => {
    scene = aScene([{ kind: 'service-will-not-start', forGood: true }])
    const replace = scene.action('replace-instance')
    expect(await scene.find(replace)).toBe('not-started')
    await scene.start(replace)
    const found = await scene.find(replace)
    expect(found).toEqual({ membersBefore: '' })
    expect(await scene.settle(replace, found as Handle)).toMatchObject({
      status: 'succeeded',
      detail: expect.stringMatching(/^successor i-[0-9a-f]+ is in service$/),
    })
  })

  it('attach the wanted profile once, and leave another alone', async () => {
    scene = aScene([{ kind: 'instance-profile-missing' }])
    const wanted = { ProfileArn: 'arn:aws:iam::111122223333:instance-profile/linux-builders' }
    expect((await scene.run('attach-profile', wanted)).status).toBe('succeeded')
    expect(await scene.find(scene.action('attach-profile', wanted))).toEqual({ wanted: wanted.ProfileArn })
    expect(await scene.find(scene.action('attach-profile', { ProfileArn: `${wanted.ProfileArn}-other` }))).toBe(
      'unknown',
    )
  })
})

describe('tasks', () => {
  const standalone = anAgent({ pool: 'nightly-builders', id: task, model: 'ecs' })

  it('run once for one action, and are found by it', async () => {
    scene = aScene([{ kind: 'task-out-of-memory' }], standalone)
    const replace = scene.action('replace-task')
    expect(await scene.find(replace)).toBe('not-started')
    const first = await scene.start(replace)
    expect(await scene.start(replace)).toEqual(first)
    expect(await scene.find(replace)).toEqual(first)
    expect(await scene.settle(replace, first)).toMatchObject({ status: 'succeeded' })
  })
})

describe('quarantine', () => {
  it('puts a member of a group into Standby and leaves it alone', async () => {
    scene = aScene([{ kind: 'agent-hung' }])
    expect(await scene.run('quarantine', { Group: 'linux-builders', Unit: unit })).toMatchObject({
      status: 'succeeded',
      detail: expect.stringContaining('standby in group'),
    })
    expect(await scene.services.groups.membershipOf(anAgent())).toMatchObject({ lifecycle: 'Standby' })
    expect(await scene.quarantined({ kind: 'agent', agent: anAgent() })).toMatchObject({ incidentId: 'inc-1' })
  })

  it('may be repeated after a death', async () => {
    scene = aScene([{ kind: 'agent-hung' }])
    const parameters = { Group: 'linux-builders', Unit: unit }
    await scene.run('quarantine', parameters)
    expect(await scene.run('quarantine', parameters)).toMatchObject({
      status: 'succeeded',
      detail: expect.stringContaining('has it as Standby already'),
    })
  })

  it('stops the unit of an on-premises node, and says so when it is not reached', async () => {
    const hybrid = anAgent({ pool: 'plant-deployers', id: node, model: 'hybrid' })
    scene = aScene([{ kind: 'agent-hung' }], hybrid)
    expect(await scene.run('quarantine', { Unit: 'codedeploy-agent.service', Group: '' })).toMatchObject({
      detail: expect.stringContaining('is told to stop'),
    })
    scene.clock.stop()
    scene = aScene([{ kind: 'ssm-agent-dead' }], hybrid)
    expect(await scene.run('quarantine', { Unit: 'codedeploy-agent.service', Group: '' })).toMatchObject({
      detail: expect.stringContaining('Run Command does not reach it'),
    })
  })
})
