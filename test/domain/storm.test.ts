import { describe, expect, it } from 'vitest'
import { advance, afterEnd, beginStorm, heldBack, type Storm } from '../../functions/domain/storm.ts'
import { aSignal } from '../builders/incident.ts'

const at = '2026-01-15T02:00:00.000Z'
const agents = Array.from({ length: 12 }, (_, index) => `i-${index + 1}`)
const begun = (): Storm => beginStorm('inc-1', agents, at, aSignal())
const failing = new Set(agents)
const nobody = () => false
const later = (minutes: number) => new Date(Date.parse(at) + minutes * 60_000)

describe('a storm', () => {
  it('lets the canary go first and holds the others back, with the reason', () => {
    expect(heldBack(begun(), 'i-1')).toBeNull()
    expect(heldBack(begun(), 'i-2')).toContain('i-1 is tried first')
    expect(heldBack(null, 'i-2')).toBeNull()
  })

  it('widens in waves, each twice as large, once the one before is through', () => {
    let storm = afterEnd(begun(), 'i-1', true, at)
    expect(storm.phase).toBe('widening')
    const sizes: number[] = []
    const working = new Set(['i-1'])
    for (let sweep = 0; sweep < 4; sweep += 1) {
      const next = advance(storm, (agent) => working.has(agent), later(5 * sweep))
      if (!next) break
      const wave = next.admitted.filter((each) => !storm.admitted.includes(each))
      sizes.push(wave.length)
      // While the wave is under way, the next sweep admits nobody.
      expect(advance(next, (agent) => working.has(agent), later(5 * sweep + 1))?.admitted).toEqual(next.admitted)
      for (const agent of wave) working.add(agent)
      storm = wave.reduce((state, agent) => afterEnd(state, agent, true, at), next)
    }
    expect(sizes).toEqual([1, 2, 4, 4])
    expect(advance(storm, () => true, later(30))).toBeNull()
  })

  it('halts when the canary does not recover, and tries another after an hour', () => {
    const halted = afterEnd(begun(), 'i-1', false, at)
    expect(halted.phase).toBe('halted')
    expect(heldBack(halted, 'i-2')).toContain('people were called')
    expect(advance(halted, nobody, later(59))?.phase).toBe('halted')
    expect(advance(halted, nobody, later(60))).toMatchObject({ phase: 'canary', canary: 'i-2', canaries: 2 })
  })

  it('halts when two of a wave fail: what helped the canary does not help here', () => {
    let storm: Storm = { ...afterEnd(begun(), 'i-1', true, at), admitted: ['i-2', 'i-3', 'i-4'] }
    storm = afterEnd(storm, 'i-2', false, at)
    expect(storm.phase).toBe('widening')
    expect(afterEnd(storm, 'i-3', false, at).phase).toBe('halted')
  })

  it('widens when the canary works by itself, and is over when everybody does', () => {
    expect(advance(begun(), (agent) => agent === 'i-1', later(5))?.phase).toBe('widening')
    expect(advance(begun(), (agent) => !failing.has(agent) || true, later(5))).toBeNull()
  })
})
