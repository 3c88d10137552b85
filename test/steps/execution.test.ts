import { beforeEach, describe, expect, it } from 'vitest'
import type { ActionDefinition, Progress } from '../../functions/actions/action-definition.ts'
import { actions } from '../../functions/actions/index.ts'
import type { Action, ActionKind, Handle } from '../../functions/domain/action.ts'
import { LeaseLostError } from '../../functions/domain/errors.ts'
import { planHash } from '../../functions/domain/plan.ts'
import type { Executing } from '../../functions/domain/workflow.ts'
import { abandonAction } from '../../functions/steps/abandon-action.ts'
import { checkAction } from '../../functions/steps/check-action.ts'
import type { ExecutionServices } from '../../functions/steps/execution-services.ts'
import { startAction } from '../../functions/steps/start-action.ts'
import { anAgent, anIncident, diagnosed, theFleet } from '../builders/incident.ts'
import { fakeIncidents, fakeLeases, fakeLedger, fakeRecords, noStorms, openCalendars } from '../fakes.ts'

const anAction = (kind: ActionKind, index = 0, always = false): Action => ({
  id: `inc-1-${index}`,
  kind,
  target: anAgent(),
  parameters: {},
  channel: 'ec2-api',
  always,
  undo: `undo ${kind}`,
})

const executing = (kinds: ActionKind[]): Executing => {
  const list = kinds.map((kind, index) => anAction(kind, index, kind === 'exit-standby'))
  return {
    ...diagnosed('ssm-agent-unreachable'),
    plan: {
      kind: 'act',
      route: 'act',
      cause: 'ssm-agent-unreachable',
      rung: 'reboot',
      actions: list,
      preconditions: [],
      expectedEffect: '',
      blastRadius: { agents: 1, destructive: true },
      otherHealers: [],
      gate: { kind: 'automatic' },
      skipped: [],
      afterwards: 'verify',
      hash: planHash({ rung: 'reboot', actions: list, preconditions: [] }),
    },
  }
}

/** One world in which each kind of action is started at most as often as the test says. */
const aWorld = () => {
  let now = new Date('2026-01-15T02:03:20.000Z').getTime()
  let mode: 'act' | 'off' = 'act'
  let healthy = 3
  const starts: ActionKind[] = []
  const script = {
    start: async (): Promise<Handle> => ({}),
    found: 'not-started' as Handle | 'not-started' | 'unknown',
    progress: { status: 'succeeded', detail: 'done' } as Progress,
  }
  const defined = Object.fromEntries(
    Object.entries(actions).map(([kind, definition]): [string, ActionDefinition] => [
      kind,
      {
        ...definition,
        start: async () => {
          starts.push(kind as ActionKind)
          return script.start()
        },
        find: async () => script.found,
        check: async () => script.progress,
      },
    ]),
  ) as Record<ActionKind, ActionDefinition>
  const leases = fakeLeases(anIncident().execution)
  const ledger = fakeLedger()
  const incidents = fakeIncidents()
  const records = fakeRecords()
  const services = {
    fleet: theFleet(),
    actions: defined,
    leases: leases.store,
    ledger: ledger.store,
    records: records.store,
    storms: noStorms,
    calendars: openCalendars,
    incidents: incidents.store,
    controls: { mode: async () => ({ mode, reason: 'test', by: null, setAt: null }), setMode: async () => {} },
    members: {
      of: async () =>
        Array.from({ length: 4 }, (_, index) => ({
          agent: anAgent({ id: `i-${index}` }),
          healthy: index < healthy,
          reason: '',
        })),
    },
    clock: { now: () => new Date(now) },
  } as unknown as ExecutionServices
  return {
    services,
    starts,
    script,
    leases,
    ledger,
    records,
    later: (seconds: number) => {
      now += seconds * 1000
    },
    kill: () => {
      mode = 'off'
    },
    sicken: () => {
      healthy = 1
    },
  }
}

let world: ReturnType<typeof aWorld>
beforeEach(() => {
  world = aWorld()
})
const start = (state: Executing) => startAction(world.services)(state)
const check = (state: Executing) => checkAction(world.services)(state)

describe('starting an action', () => {
  it('starts it once, under an intent, and goes on to its check', async () => {
    const after = await start(executing(['restart-service']))
    expect(after.execution).toMatchObject({ status: 'check', current: { maybeDone: false } })
    expect(world.starts).toEqual(['restart-service'])
    expect(world.leases.intents.get('inc-1-0')?.handle).toEqual({})
  })

  it('is started no second time when the function is run again after its answer was written', async () => {
    const state = executing(['restart-service'])
    await start(state)
    await start(state)
    expect(world.starts).toEqual(['restart-service'])
  })

  it('looks for the change when the function died right after the call, and does not repeat what it finds', async () => {
    const state = executing(['replace-instance'])
    world.script.start = async () => {
      throw new Error('the function died')
    }
    await expect(start(state)).rejects.toThrow('died')
    world.script.found = { membersBefore: '' }
    const after = await start(state)
    expect(after.execution.status).toBe('check')
    expect(world.starts).toEqual(['replace-instance'])
  })

  it('starts again what the world proves was never started', async () => {
    const state = executing(['restart-service'])
    world.script.start = async () => {
      world.script.start = async () => ({})
      throw new Error('the function died')
    }
    await expect(start(state)).rejects.toThrow('died')
    await start(state)
    expect(world.starts).toEqual(['restart-service', 'restart-service'])
  })

  it('never repeats what the world can not tell, and says maybe done when the check fails', async () => {
    const state = executing(['reboot'])
    world.script.start = async () => {
      throw new Error('the function died')
    }
    await expect(start(state)).rejects.toThrow('died')
    world.script.found = 'unknown'
    world.script.progress = { status: 'failed', detail: 'impaired' }
    const after = await check(await start(state))
    expect(world.starts).toEqual(['reboot'])
    expect(after.execution.results[0]).toMatchObject({ outcome: 'maybe-done' })
  })

  it('changes nothing once another execution owns the agent', async () => {
    world.leases.takeOver()
    await expect(start(executing(['reboot']))).rejects.toThrow(LeaseLostError)
    expect(world.starts).toEqual([])
  })

  it('changes nothing once the kill switch is set, and ends the plan there', async () => {
    world.kill()
    const after = await start(executing(['reboot', 'exit-standby']))
    expect(world.starts).toEqual([])
    expect(after.execution).toMatchObject({ status: 'stopped', results: [{ outcome: 'blocked' }] })
  })

  it('is blocked when the pool has come to its floor since the plan was made', async () => {
    world.sicken()
    const after = await start(executing(['reboot']))
    expect(world.starts).toEqual([])
    expect(after.execution).toMatchObject({
      status: 'failed',
      results: [{ outcome: 'blocked', detail: expect.stringContaining('floor') }],
    })
  })

  it('is blocked by a kill switch that is set after the guardrails were asked, and gives its slot back', async () => {
    const modes = ['act' as const, 'off' as const]
    const controls = {
      mode: async () => ({ mode: modes.shift() ?? 'off', reason: 'now', by: null, setAt: null, expiresAt: null }),
      setMode: async () => {},
    }
    const after = await startAction({ ...world.services, controls })(executing(['reboot']))
    expect(world.starts).toEqual([])
    expect(after.execution).toMatchObject({ status: 'stopped', results: [{ outcome: 'blocked' }] })
    expect(world.ledger.running.size).toBe(0)
  })

  it('is blocked when another incident took the last slot', async () => {
    world.ledger.running.add('another incident')
    expect((await start(executing(['reboot']))).execution.results[0]).toMatchObject({ outcome: 'blocked' })
    expect(world.starts).toEqual([])
  })
})

describe('a plan of several actions', () => {
  const kinds: ActionKind[] = ['enter-standby', 'reboot', 'exit-standby']

  it('takes one slot for all of them and gives it back at the end', async () => {
    let state: Executing = executing(kinds)
    for (const _ of kinds) {
      state = await start(state)
      expect(world.ledger.running.size).toBe(1)
      state = await check(state)
    }
    expect(world.starts).toEqual(kinds)
    expect(state.execution?.status).toBe('done')
    expect(world.ledger.running.size).toBe(0)
  })

  it('leaves Standby though the reboot failed', async () => {
    const inStandby = await check(await start(executing(kinds)))
    world.script.progress = { status: 'failed', detail: 'impaired' }
    const failed = await check(await start(inStandby))
    expect(failed.execution).toMatchObject({ status: 'start', index: 2 })
    world.script.progress = { status: 'succeeded', detail: 'in service' }
    const left = await check(await start(failed))
    expect(left.execution.status).toBe('failed')
    expect(left.execution.results.map(({ outcome }) => outcome)).toEqual(['succeeded', 'failed', 'succeeded'])
  })

  it('leaves Standby though starting the reboot threw for good', async () => {
    const inStandby = await check(await start(executing(kinds)))
    const failure = {
      Error: 'PermissionDeniedError',
      Cause: JSON.stringify({ errorMessage: 'not authorized to perform: ec2:RebootInstances' }),
    }
    const abandoned = await abandonAction(world.services)({ ...inStandby, failure })
    expect(abandoned.execution).toMatchObject({ status: 'start', index: 2 })
    expect(abandoned.execution.results[1]).toMatchObject({
      outcome: 'maybe-done',
      detail: expect.stringContaining('not authorized'),
    })
  })
})

describe('checking an action', () => {
  it('waits while the effect is not there, and gives up at the deadline', async () => {
    const running = await start(executing(['restart-service']))
    world.script.progress = { status: 'pending', waitSeconds: 10, detail: 'the command runs' }
    const waiting = await check(running)
    expect(waiting.execution).toMatchObject({ status: 'check', waitSeconds: 10 })
    world.later(3600)
    expect((await check(waiting)).execution).toMatchObject({
      status: 'failed',
      results: [{ outcome: 'failed', detail: expect.stringContaining('not done within its time') }],
    })
  })
})
