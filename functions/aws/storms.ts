import { createHash } from 'node:crypto'
import type { AgentRef } from '../domain/agent.ts'
import type { Signal } from '../domain/signal.ts'
import { afterEnd, beginStorm, type Storm, stormWindowSeconds } from '../domain/storm.ts'
import { addSeconds, type Clock } from '../domain/time.ts'
import type { Key, Table } from './table.ts'
import { changeVersioned } from './versioned.ts'

type PoolOf = Pick<AgentRef, 'account' | 'region' | 'pool'>

/** Storms of pools: one item per pool, changed by versioned writes. */
export interface Storms {
  read(pool: PoolOf): Promise<Storm | null>
  /**
   * An agent's trouble came. With as many agents within the window as `threshold`, a storm begins; `began` is true for the
   * one arrival that made it begin. When its function dies just then, the sweep does what it would have done.
   */
  arrive(agent: AgentRef, threshold: number, signal: Signal): Promise<{ storm: Storm | null; began: boolean }>
  /** An incident of an agent has ended; undefined when no storm is on. */
  ended(agent: AgentRef, works: boolean): Promise<Storm | undefined>
  /** Writes what `next` makes of the storm; null ends it. Answers the storm before and after. */
  change(
    pool: PoolOf,
    next: (storm: Storm) => Storm | null,
  ): Promise<{ before: Storm; after: Storm | null } | undefined>
}

interface StormItem {
  version: number
  /** Agent → when its trouble came, within the window. */
  arrivals: Record<string, string>
  storm: Storm | null
}

const keyOf = ({ account, region, pool }: PoolOf): Key => ({ pk: `POOL#${account}#${region}#${pool}`, sk: 'STORM' })
const calm: StormItem = { version: 0, arrivals: {}, storm: null }

const stormIdOf = ({ account, region, pool }: PoolOf, at: string): string =>
  `inc-${at.slice(0, 10).replaceAll('-', '')}-${createHash('sha256').update(`storm ${account} ${region} ${pool} ${at}`).digest('hex').slice(0, 8)}`

export const dynamoStorms = (table: Table, clock: Clock): Storms => {
  const read = async (pool: PoolOf): Promise<StormItem> =>
    ((await table.get(keyOf(pool))) as StormItem | undefined) ?? calm
  const edit = (pool: PoolOf, change: (item: StormItem) => StormItem | null) =>
    changeVersioned(table, keyOf(pool), calm, change)

  return {
    read: async (pool) => (await read(pool)).storm,
    async arrive(agent, threshold, signal) {
      const at = clock.now().toISOString()
      const since = addSeconds(at, -stormWindowSeconds).toISOString()
      let began = false
      const written = await edit(agent, (item) => {
        const { storm } = item
        began = false
        if (storm?.seen.includes(agent.id)) return null
        if (storm) return { ...item, storm: { ...storm, seen: [...storm.seen, agent.id] } }
        const recent = Object.entries(item.arrivals).filter(([, when]) => when > since)
        const arrivals = { ...Object.fromEntries(recent), [agent.id]: item.arrivals[agent.id] ?? at }
        const agents = Object.entries(arrivals).sort(([a, x], [b, y]) => (`${x} ${a}` < `${y} ${b}` ? -1 : 1))
        if (agents.length < threshold) return { ...item, arrivals }
        began = true
        const ids = agents.map(([id]) => id)
        return { ...item, arrivals: {}, storm: beginStorm(stormIdOf(agent, at), ids, at, signal) }
      })
      return { storm: written ? written.storm : (await read(agent)).storm, began }
    },
    async ended(agent, works) {
      const written = await edit(agent, (item) =>
        item.storm ? { ...item, storm: afterEnd(item.storm, agent.id, works, clock.now().toISOString()) } : null,
      )
      return written?.storm ?? undefined
    },
    async change(pool, next) {
      let before: Storm | null = null
      const written = await edit(pool, (item) => {
        before = item.storm
        return item.storm ? { ...item, storm: next(item.storm) } : null
      })
      return before && written ? { before, after: written.storm } : undefined
    },
  }
}
