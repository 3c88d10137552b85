import { describe, expect, it } from 'vitest'
import { actions } from '../../functions/actions/index.ts'
import { actionKind } from '../../functions/domain/action.ts'
import { cause } from '../../functions/domain/cause.ts'
import type { Evidence } from '../../functions/domain/evidence.ts'
import type { Attempt } from '../../functions/domain/incident.ts'
import { profileOf } from '../../functions/domain/load-fleet.ts'
import { playbooks } from '../../functions/playbooks/index.ts'
import { nextRung } from '../../functions/playbooks/ladder.ts'
import { preconditions } from '../../functions/steps/recheck-plan.ts'
import { anEc2Platform, anEvidence } from '../builders/evidence.ts'
import { aPool, aSignal, theFleet } from '../builders/incident.ts'

const contextOf = (
  poolName = 'linux-builders',
  evidence: Evidence = anEvidence(),
  of: Parameters<typeof aPool>[0] = {},
) => {
  const pool = aPool(of, poolName)
  return { signal: aSignal(), evidence, pool, profile: profileOf(theFleet(), pool) }
}
const tried = (rung: string, outcome: Attempt['outcome'] = 'not-recovered'): Attempt => ({
  number: 1,
  cause: 'service-stopped',
  confidence: 0.9,
  rung,
  outcome,
  detail: '',
  actions: [],
  endedAt: '',
})

describe('the registry of playbooks', () => {
  it('has a ladder for every cause', () => {
    expect(Object.keys(playbooks).sort()).toEqual([...cause.options].sort())
  })

  it('names only actions and preconditions that exist', () => {
    for (const { rungs } of Object.values(playbooks))
      for (const rung of rungs) {
        for (const { kind } of rung.actions(contextOf())) expect(actions[kind]).toBeDefined()
        for (const name of rung.preconditions) expect(preconditions[name]).toBeTypeOf('function')
      }
  })

  it.each(actionKind.options)('%s says how it is undone and when its check gives up', (kind) => {
    const { undo, deadlineSeconds, kind: own } = actions[kind]
    expect(own).toBe(kind)
    expect(undo.length).toBeGreaterThan(20)
    expect(deadlineSeconds).toBeGreaterThan(60)
  })

  it('gates by default every rung that ends a job or an agent, save the stop and start that the hardware needs', () => {
    const destructive = Object.values(playbooks).flatMap(({ rungs }) =>
      rungs.filter((rung) => rung.destructive && rung.gate === 'automatic'),
    )
    expect([...new Set(destructive.map(({ id }) => id))]).toEqual(['stop-start'])
  })

  it('brings every member that leaves service back, whatever happens in between', () => {
    for (const { rungs } of Object.values(playbooks))
      for (const rung of rungs) {
        const list = rung.actions(contextOf())
        if (list.some(({ kind }) => kind === 'enter-standby'))
          expect(list.at(-1)).toMatchObject({ kind: 'exit-standby', always: true })
      }
  })
})

describe('climbing a ladder', () => {
  const climb = (attempts: Attempt[], context = contextOf()) =>
    nextRung(playbooks['service-stopped'], 'ec2', attempts, context)

  it('begins at its first rung and goes on behind what was tried', () => {
    expect(climb([]).rung?.id).toBe('restart')
    expect(climb([tried('restart')]).rung?.id).toBe('reinstall')
    expect(climb([tried('restart'), tried('reinstall')]).rung?.id).toBe('replace')
    expect(climb([tried('restart'), tried('reinstall'), tried('replace')]).rung).toBeUndefined()
  })

  it('takes a rung again whose plan was voided before anything was changed', () => {
    expect(climb([tried('restart', 'voided')]).rung?.id).toBe('restart')
  })

  it('passes over what needs Run Command when the host does not answer, and says so', () => {
    const { rung, skipped } = climb([], contextOf('linux-builders', anEvidence({ host: null })))
    expect(rung?.id).toBe('replace')
    expect(skipped[0]).toMatchObject({ rung: 'restart', reason: expect.stringContaining('Run Command does not reach') })
  })

  it('passes over what fleet.json never wants', () => {
    expect(climb([], contextOf('linux-builders', anEvidence(), { gates: { restart: 'never' } })).rung?.id).toBe(
      'reinstall',
    )
  })

  it('asks before it reinstalls an agent that holds a registration', () => {
    const context = contextOf('github-runners')
    const withPackage = {
      ...context,
      profile: { ...context.profile, host: { unit: 'runner.service', package: 'runner' } },
    }
    expect(climb([tried('restart')], withPackage).rung).toMatchObject({ id: 'reinstall', gate: 'approval' })
    expect(climb([tried('restart')]).rung).toMatchObject({ id: 'reinstall', gate: 'automatic' })
  })

  it('replaces no instance that no group would launch anew', () => {
    const evidence = anEvidence({ ec2: anEc2Platform({ group: null }) })
    const { rung, skipped } = climb([tried('restart'), tried('reinstall')], contextOf('linux-builders', evidence))
    expect(rung).toBeUndefined()
    expect(skipped.at(-1)).toMatchObject({ rung: 'replace', reason: expect.stringContaining('no Auto Scaling group') })
  })

  it('lets EC2 recover an instance of no group by itself, where that is switched on and the system check failed', () => {
    const impaired = (of: object) =>
      nextRung(
        playbooks['instance-impaired'],
        'ec2',
        [],
        contextOf(
          'linux-builders',
          anEvidence({
            ec2: anEc2Platform({ group: null, systemStatus: 'impaired', instanceStatus: 'impaired', ...of }),
          }),
        ),
      ).rung?.id
    expect(impaired({})).toBe('let-ec2-recover')
    expect(impaired({ autoRecovery: 'disabled' })).toBe('stop-start')
    expect(impaired({ systemStatus: 'ok' })).toBe('stop-start')
  })

  it('stops no instance whose root device a stop would lose', () => {
    const evidence = anEvidence({ ec2: anEc2Platform({ rootDevice: 'instance-store' }) })
    const { rung, skipped } = nextRung(
      playbooks['instance-impaired'],
      'ec2',
      [tried('let-group-replace')],
      contextOf('linux-builders', evidence),
    )
    expect(rung?.id).toBe('replace')
    expect(skipped.map(({ rung: id }) => id)).toContain('stop-start')
  })

  it('lets a group at its minimum launch a substitute while a member is in Standby', () => {
    const keeps = (desired: number) =>
      playbooks['ssm-agent-unreachable'].rungs[0]?.actions(
        contextOf(
          'linux-builders',
          anEvidence({
            ec2: anEc2Platform({
              group: { name: 'g', lifecycle: 'InService', health: 'Healthy', min: 2, max: 5, desired },
            }),
          }),
        ),
      )[0]?.parameters
    expect(keeps(2)).toMatchObject({ KeepCapacity: 'true' })
    expect(keeps(4)).toMatchObject({ KeepCapacity: 'false' })
  })
})
