import type { Signal } from './signal.ts'
import { addSeconds } from './time.ts'

/** Many agents of one pool in trouble at once: one pool incident, one canary, then wider. */
export interface Storm {
  /** The pool incident that tells of it. */
  incidentId: string
  since: string
  /** The one that made it a storm. */
  signal: Signal
  /** The first agent: its repair shows whether the others are worth it. */
  canary: string
  /** `canary`: it is being repaired; `widening`: it works, wave by wave; `halted`: it did not, and people were called. */
  phase: 'canary' | 'widening' | 'halted'
  /** When the phase began. */
  at: string
  waves: number
  canaries: number
  /** Every agent that had trouble in this storm. */
  seen: string[]
  /** Agents of the waves so far. */
  admitted: string[]
  recovered: string[]
  failed: string[]
}

/** Agents in trouble within this time make a storm, once there are as many as the pool's limit says. */
export const stormWindowSeconds = 600
/** A halted storm tries another canary after this time, twice as long after each that failed. */
const haltSeconds = 3600
/** So many of a wave that fail halt the storm: what helped the canary does not help here. */
const failuresToHalt = 2

export const beginStorm = (incidentId: string, agents: string[], at: string, signal: Signal): Storm => ({
  incidentId,
  since: at,
  signal,
  canary: agents[0] ?? '',
  phase: 'canary',
  at,
  waves: 0,
  canaries: 1,
  seen: agents,
  admitted: [],
  recovered: [],
  failed: [],
})

/** Why this agent is not touched now; null when it is its turn. */
export const heldBack = (storm: Storm | null, agent: string): string | null => {
  if (!storm || agent === storm.canary || storm.admitted.includes(agent)) return null
  const trouble = `storm ${storm.incidentId}: ${storm.seen.length} agents of the pool are in trouble`
  switch (storm.phase) {
    case 'canary':
      return `${trouble}, and ${storm.canary} is tried first`
    case 'widening':
      return `${trouble}; its turn comes with a later wave`
    case 'halted':
      return `${trouble}, and what was tried did not help: people were called`
  }
}

/** The storm after an agent's incident has ended. */
export const afterEnd = (storm: Storm, agent: string, works: boolean, at: string): Storm => {
  const without = (list: string[]) => list.filter((each) => each !== agent)
  const next = works
    ? { ...storm, recovered: [...without(storm.recovered), agent], failed: without(storm.failed) }
    : { ...storm, failed: [...without(storm.failed), agent] }
  if (storm.phase === 'canary' && agent === storm.canary) return { ...next, phase: works ? 'widening' : 'halted', at }
  const failures = next.failed.filter((each) => storm.admitted.includes(each)).length
  return storm.phase === 'widening' && failures >= failuresToHalt ? { ...next, phase: 'halted', at } : next
}

/**
 * The storm as the sweep takes it further: agents that work by now count as recovered; the next wave is twice as large as
 * the one before, once that one is through; a halted storm tries another canary after its time. Null when it is over.
 */
export const advance = (storm: Storm, works: (agent: string) => boolean, now: Date): Storm | null => {
  const at = now.toISOString()
  const recovered = storm.seen.filter((each) => storm.recovered.includes(each) || works(each))
  const open = storm.seen.filter((each) => !works(each))
  if (open.length === 0) return null
  const next = { ...storm, recovered }
  switch (storm.phase) {
    case 'canary':
      return works(storm.canary) ? { ...next, phase: 'widening', at } : next
    case 'widening': {
      const underWay = open.filter((each) => storm.admitted.includes(each) && !storm.failed.includes(each))
      const waiting = open.filter((each) => !storm.admitted.includes(each) && each !== storm.canary)
      if (underWay.length > 0 || waiting.length === 0) return next
      const wave = waiting.slice(0, 2 ** storm.waves)
      return { ...next, waves: storm.waves + 1, admitted: [...storm.admitted, ...wave] }
    }
    case 'halted': {
      if (addSeconds(storm.at, haltSeconds * 2 ** (storm.canaries - 1)) > now) return next
      const canary = open.find((each) => !storm.failed.includes(each)) ?? open[0] ?? storm.canary
      return { ...next, phase: 'canary', canary, at, canaries: storm.canaries + 1, waves: 0, admitted: [], failed: [] }
    }
  }
}
