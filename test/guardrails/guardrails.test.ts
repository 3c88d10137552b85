import { describe, expect, it } from 'vitest'
import { ThrottledError } from '../../functions/domain/errors.ts'
import { beginStorm } from '../../functions/domain/storm.ts'
import { readCircumstances } from '../../functions/guardrails/circumstances.ts'
import type { Circumstances, ProposedChange } from '../../functions/guardrails/guardrail.ts'
import { judgeChange } from '../../functions/guardrails/index.ts'
import { anAgent, aPool, aSignal } from '../builders/incident.ts'
import { fakeRecords, noStorms, openCalendars } from '../fakes.ts'

const well: Circumstances = {
  mode: { status: 'read', mode: 'act', reason: null },
  pool: { status: 'read', healthy: 3, total: 4, subjectHealthy: false },
  ledger: { status: 'read', running: 0, lastHour: 0 },
  record: { status: 'read', changes: [], closures: [], inheritedDepth: 0 },
  replacements: { status: 'read', failed: [] },
  window: { status: 'read', closed: null },
  storm: { status: 'read', storm: null },
}
const change = (of: Partial<ProposedChange> = {}): ProposedChange => ({
  id: 'inc-1-1',
  counts: true,
  putsBack: false,
  depth: 0,
  target: anAgent(),
  pool: aPool(),
  rung: 'reboot',
  destructive: true,
  disruptive: true,
  gate: 'automatic',
  ...of,
})
const judge = (of: Partial<Circumstances> = {}, proposed = change()) => judgeChange(proposed, { ...well, ...of })
const unreadable = { status: 'unreadable' as const, reason: 'denied' }

describe('guardrails', () => {
  it('allow a change that no limit speaks against', () => {
    expect(judge()).toEqual({ verdict: 'allowed', guardrail: null })
  })

  it.each(['off', 'observe'] as const)('refuse everything in mode %s', (mode) => {
    expect(judge({ mode: { status: 'read', mode, reason: 'migration' } })).toMatchObject({
      verdict: 'refused',
      guardrail: 'mode',
      reason: expect.stringContaining('migration'),
    })
  })

  it.each([
    ['mode', { mode: unreadable }],
    ['blast-radius', { pool: unreadable }],
    ['blast-radius', { ledger: unreadable }],
  ])('refuse by %s what they cannot read', (guardrail, of) => {
    expect(judge(of)).toMatchObject({ verdict: 'refused', guardrail })
  })

  it('refuse to change a protected agent, whatever its gate', () => {
    const pool = aPool({ protectedAgents: [anAgent().id], gates: { reboot: 'automatic' } })
    expect(judge({}, change({ pool }))).toMatchObject({ verdict: 'refused', guardrail: 'protected-agent' })
  })

  it('keep the floor: a healthy agent counts as lost, an unhealthy one does not', () => {
    const pool = (healthy: number, subjectHealthy: boolean) => ({
      pool: { status: 'read' as const, healthy, total: 4, subjectHealthy },
    })
    expect(judge(pool(2, false)).verdict).toBe('allowed')
    expect(judge(pool(2, true))).toMatchObject({ verdict: 'refused', reason: expect.stringContaining('floor is 2') })
    expect(judge(pool(1, false)).verdict).toBe('refused')
  })

  it('hold the changes at once and an hour', () => {
    expect(judge({ ledger: { status: 'read', running: 1, lastHour: 1 } }).verdict).toBe('refused')
    expect(judge({ ledger: { status: 'read', running: 0, lastHour: 6 } }).verdict).toBe('refused')
  })

  it('do not count a change that takes nothing out of work', () => {
    expect(judge({ pool: unreadable, ledger: unreadable }, change({ disruptive: false })).verdict).toBe('allowed')
  })

  it("ask where the rung or the pool asks, and the pool's word wins", () => {
    expect(judge({}, change({ gate: 'approval' })).verdict).toBe('approval')
    expect(judge({}, change({ gate: 'approval', pool: aPool({ gates: { reboot: 'automatic' } }) })).verdict).toBe(
      'allowed',
    )
    expect(judge({}, change({ pool: aPool({ gates: { reboot: 'never' } }) }))).toMatchObject({
      verdict: 'refused',
      guardrail: 'gate',
    })
  })

  const changed = (count: number): Circumstances['record'] => ({
    status: 'read',
    closures: [],
    inheritedDepth: 0,
    changes: Array.from({ length: count }, (_, index) => ({
      id: `inc-0-${index}`,
      rung: 'restart',
      kinds: [],
      at: '',
    })),
  })

  it('let an agent have three changes an hour, and then stop the loop', () => {
    expect(judge({ record: changed(2) }).verdict).toBe('allowed')
    expect(judge({ record: changed(3) })).toMatchObject({
      verdict: 'refused',
      guardrail: 'crash-loop-budget',
      reason: expect.stringContaining('restart, restart, restart'),
    })
  })

  it('do not count the change itself, quarantine, or what a person is asked about against the budget', () => {
    const record = changed(3)
    expect(judge({ record }, change({ id: 'inc-0-2' })).verdict).toBe('allowed')
    expect(judge({ record }, change({ counts: false })).verdict).toBe('allowed')
    expect(judge({ record }, change({ gate: 'approval' })).verdict).toBe('approval')
  })

  it('stop a chain of troubles that changes of ours may have caused', () => {
    expect(judge({}, change({ depth: 3 })).verdict).toBe('allowed')
    expect(judge({}, change({ depth: 4 }))).toMatchObject({ verdict: 'refused', guardrail: 'own-action' })
    expect(judge({}, change({ depth: 4, gate: 'approval' })).verdict).toBe('approval')
  })

  it('replace no more once two successors did not work, whoever approves', () => {
    const failed = ['i-0b', 'i-0c'].map((successor) => ({
      incidentId: '',
      agent: 'i',
      successor,
      works: false,
      at: '',
    }))
    const replace = change({ rung: 'replace', gate: 'approval' })
    expect(judge({ replacements: { status: 'read', failed: failed.slice(1) } }, replace).verdict).toBe('approval')
    expect(judge({ replacements: { status: 'read', failed } }, replace)).toMatchObject({
      verdict: 'refused',
      guardrail: 'failed-replacements',
    })
    expect(judge({ replacements: { status: 'read', failed } }).verdict).toBe('allowed')
  })

  it('keep their hands off in a maintenance window, and when the calendar can not be read', () => {
    const window: Circumstances['window'] = { status: 'read', closed: { reason: 'maintenance window "patching"' } }
    expect(judge({ window })).toMatchObject({ verdict: 'refused', guardrail: 'maintenance-window' })
    expect(judge({ window: unreadable })).toMatchObject({ verdict: 'refused', guardrail: 'maintenance-window' })
  })

  it('hold back whoever is not the canary of a storm, and let him leave Standby all the same', () => {
    const storm = beginStorm('inc-s', ['i-canary', 'i-other'], '', aSignal())
    const on: Circumstances['storm'] = { status: 'read', storm }
    expect(judge({ storm: on })).toMatchObject({ verdict: 'refused', guardrail: 'storm' })
    expect(judge({ storm: on }, change({ putsBack: true })).verdict).toBe('allowed')
    expect(judge({ storm: on }, change({ target: anAgent({ id: 'i-canary' }) })).verdict).toBe('allowed')
    expect(judge({ storm: unreadable })).toMatchObject({ verdict: 'refused', guardrail: 'storm' })
  })

  it('refuse when what was done of late can not be read', () => {
    expect(judge({ record: unreadable })).toMatchObject({ guardrail: 'crash-loop-budget' })
    expect(judge({ replacements: unreadable }, change({ rung: 'replace' }))).toMatchObject({
      guardrail: 'failed-replacements',
    })
  })

  it('refuse before they ask', () => {
    expect(judge({ mode: unreadable }, change({ gate: 'approval' })).verdict).toBe('refused')
  })
})

describe('circumstances', () => {
  const services = (of: { mode?: () => Promise<never> }) => ({
    controls: {
      mode: of.mode ?? (async () => ({ mode: 'act' as const, reason: null, by: null, setAt: null, expiresAt: null })),
      setMode: async () => {},
    },
    members: {
      of: async () => [
        { agent: anAgent(), inService: true, healthy: false, reason: '' },
        { agent: anAgent({ id: 'i-0b' }), inService: true, healthy: true, reason: '' },
      ],
    },
    clock: { now: () => new Date('2026-01-15T02:00:00.000Z') },
    ledger: {
      read: async () => ({ running: 0, lastHour: 2 }),
      reserve: async () => ({ status: 'reserved' as const }),
      holds: async () => false,
      free: async () => {},
      incidents: async () => [],
      freeIncident: async () => {},
    },
    records: fakeRecords().store,
    storms: noStorms,
    calendars: openCalendars,
  })

  it('count the pool and tell whether the subject works', async () => {
    expect((await readCircumstances(anAgent(), aPool(), services({}))).pool).toEqual({
      status: 'read',
      healthy: 1,
      total: 2,
      subjectHealthy: false,
    })
  })

  it('tell as unreadable what is denied, and throw what may pass', async () => {
    const denied = services({ mode: async () => Promise.reject(new Error('not authorized')) })
    expect((await readCircumstances(anAgent(), aPool(), denied)).mode).toEqual({
      status: 'unreadable',
      reason: 'not authorized',
    })
    const throttled = services({ mode: async () => Promise.reject(new ThrottledError('slow down')) })
    await expect(readCircumstances(anAgent(), aPool(), throttled)).rejects.toThrow(ThrottledError)
  })
})
