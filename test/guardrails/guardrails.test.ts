import { describe, expect, it } from 'vitest'
import { ThrottledError } from '../../functions/domain/errors.ts'
import { readCircumstances } from '../../functions/guardrails/circumstances.ts'
import type { Circumstances, ProposedChange } from '../../functions/guardrails/guardrail.ts'
import { judgeChange } from '../../functions/guardrails/index.ts'
import { anAgent, aPool } from '../builders/incident.ts'

const well: Circumstances = {
  mode: { status: 'read', mode: 'act', reason: null },
  pool: { status: 'read', healthy: 3, total: 4, subjectHealthy: false },
  ledger: { status: 'read', running: 0, lastHour: 0 },
}
const change = (of: Partial<ProposedChange> = {}): ProposedChange => ({
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
    ledger: {
      read: async () => ({ running: 0, lastHour: 2 }),
      reserve: async () => ({ status: 'reserved' as const }),
      holds: async () => false,
      free: async () => {},
      freeIncident: async () => {},
    },
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
