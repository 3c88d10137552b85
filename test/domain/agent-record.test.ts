import { describe, expect, it } from 'vitest'
import {
  type AgentRecord,
  type Closure,
  cooldownOf,
  depthOf,
  ownChangeBehind,
} from '../../functions/domain/agent-record.ts'
import { aSignal } from '../builders/incident.ts'

const closure = (outcome: Closure['outcome'], closedAt: string, of: Partial<Closure> = {}): Closure => ({
  incidentId: `inc-${closedAt}`,
  cause: 'service-stopped',
  outcome,
  rungs: ['restart'],
  closedAt,
  depth: 0,
  ...of,
})
const record = (...closures: Closure[]): AgentRecord => ({ changes: [], closures, inheritedDepth: 0 })
const at = (time: string) => new Date(`2026-01-15T${time}:00.000Z`)
const iso = (time: string) => at(time).toISOString()

describe('the cooldown of an agent', () => {
  it('does not hold back trouble after a recovery', () => {
    expect(cooldownOf(record(closure('recovered', iso('02:00'))), at('02:01'))).toBeNull()
  })

  it('holds an end without recovery back for its time, and says until when', () => {
    const refused = record(closure('refused', iso('02:00')))
    expect(cooldownOf(refused, at('02:09'))).toMatchObject({ until: iso('02:10') })
    expect(cooldownOf(refused, at('02:10'))).toBeNull()
  })

  it('doubles with each further end, and starts anew after a recovery', () => {
    const twice = [closure('refused', iso('02:00')), closure('refused', iso('02:30'))]
    expect(cooldownOf(record(...twice), at('02:31'))).toMatchObject({ until: iso('02:50') })
    const again = [...twice, closure('recovered', iso('03:00')), closure('refused', iso('03:30'))]
    expect(cooldownOf(record(...again), at('03:31'))).toMatchObject({ until: iso('03:40') })
  })

  it('never exceeds eight hours', () => {
    const many = Array.from({ length: 12 }, (_, index) =>
      closure('escalated', new Date(at('02:00').getTime() + index).toISOString()),
    )
    const until = cooldownOf(record(...many), at('02:01'))?.until ?? ''
    expect(new Date(until).getTime() - at('02:00').getTime()).toBeLessThan(8 * 3_600_000 + 1000)
  })
})

describe('the causation depth', () => {
  it('is nothing for trouble of its own', () => {
    expect(depthOf(record(), at('02:00'))).toBe(0)
    expect(depthOf(record(closure('recovered', iso('01:00'))), at('02:30'))).toBe(0)
    expect(depthOf(record(closure('escalated', iso('01:50'), { rungs: [] })), at('02:00'))).toBe(0)
  })

  it('grows with each trouble within the hour after a change of ours', () => {
    expect(depthOf(record(closure('recovered', iso('01:30'))), at('02:00'))).toBe(1)
    expect(depthOf(record(closure('recovered', iso('01:30'), { depth: 2 })), at('02:00'))).toBe(3)
  })

  it('is inherited by a successor', () => {
    expect(depthOf({ ...record(), inheritedDepth: 2 }, at('02:00'))).toBe(2)
  })
})

describe('a change of ours behind a signal', () => {
  const stopped = { id: 'inc-1-1', rung: 'stop-start', kinds: ['stop-instance' as const], at: iso('02:00') }
  const told = (time: string, kind: 'instance-state-changed' | 'heartbeat-missing' = 'instance-state-changed') =>
    ownChangeBehind(aSignal({ kind, at: iso(time) }), { ...record(), changes: [stopped] })

  it('is found for the state change that it brings about, for a quarter of an hour', () => {
    expect(told('02:01')).toEqual(stopped)
    expect(told('02:16')).toBeUndefined()
    expect(told('01:59')).toBeUndefined()
  })

  it('explains no other kind of signal', () => {
    expect(told('02:01', 'heartbeat-missing')).toBeUndefined()
  })
})
