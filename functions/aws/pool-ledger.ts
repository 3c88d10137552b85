import type { AgentRef } from '../domain/agent.ts'
import { addSeconds, type Clock } from '../domain/time.ts'
import type { Key, Table } from './table.ts'

export interface LedgerView {
  running: number
  lastHour: number
}

export type Reservation = { status: 'reserved' } | { status: 'refused'; reason: string }

/** One item per pool: the changes that run now (with expiry) and those of the last hour. */
export interface PoolLedger {
  read(agent: Pick<AgentRef, 'account' | 'region' | 'pool'>): Promise<LedgerView>
  /**
   * Reserves a slot by one conditional write. The same id reserves once. The floor of healthy agents is the caller's to
   * count; `limits` are the pool's for changes at once and an hour.
   */
  reserve(
    agent: AgentRef,
    actionId: string,
    limits: { maxConcurrent: number; maxPerHour: number },
    termSeconds: number,
  ): Promise<Reservation>
  /** True while the action's slot is reserved. */
  holds(agent: Pick<AgentRef, 'account' | 'region' | 'pool'>, actionId: string): Promise<boolean>
  free(agent: Pick<AgentRef, 'account' | 'region' | 'pool'>, actionId: string): Promise<void>
  /** Incidents that hold a slot now. */
  incidents(agent: Pick<AgentRef, 'account' | 'region' | 'pool'>): Promise<string[]>
  /** Frees every slot of an incident, whatever its attempt. */
  freeIncident(agent: Pick<AgentRef, 'account' | 'region' | 'pool'>, incidentId: string): Promise<void>
}

interface LedgerItem {
  version: number
  /** Action id → when its slot expires. */
  running: Record<string, string>
  /** Action id → when it was reserved, for the last hour. */
  recent: Record<string, string>
}

type PoolOf = Pick<AgentRef, 'account' | 'region' | 'pool'>
const keyOf = ({ account, region, pool }: PoolOf): Key => ({ pk: `POOL#${account}#${region}#${pool}`, sk: 'LEDGER' })

/** Ledgers in the table: each change of the item is conditional on the version that was read, so that two never pass as one. */
export const dynamoPoolLedger = (table: Table, clock: Clock): PoolLedger => {
  const load = async (of: PoolOf): Promise<{ known: boolean; item: LedgerItem }> => {
    const found = (await table.get(keyOf(of))) as LedgerItem | undefined
    const now = clock.now().toISOString()
    const hourAgo = addSeconds(now, -3600).toISOString()
    const still = (entries: Record<string, string>, after: string) =>
      Object.fromEntries(Object.entries(entries).filter(([, at]) => at > after))
    const { version = 0, running = {}, recent = {} } = found ?? {}
    return {
      known: found !== undefined,
      item: { version, running: still(running, now), recent: still(recent, hourAgo) },
    }
  }
  const save = (of: PoolOf, { known, item }: { known: boolean; item: LedgerItem }): Promise<boolean> =>
    table.put(
      { ...keyOf(of), ...item, version: item.version + 1 },
      known
        ? { expression: 'version = :version', values: { ':version': item.version } }
        : { expression: 'attribute_not_exists(pk)' },
    )
  const freeWhere = async (of: PoolOf, isFreed: (id: string) => boolean): Promise<void> => {
    for (;;) {
      const ledger = await load(of)
      const freed = Object.keys(ledger.item.running).filter(isFreed)
      if (freed.length === 0) return
      for (const id of freed) delete ledger.item.running[id]
      if (await save(of, ledger)) return
    }
  }
  return {
    async read(of) {
      const { item } = await load(of)
      return { running: Object.keys(item.running).length, lastHour: Object.keys(item.recent).length }
    },
    async reserve(agent, actionId, { maxConcurrent, maxPerHour }, termSeconds) {
      for (;;) {
        const ledger = await load(agent)
        const { running, recent } = ledger.item
        if (running[actionId]) return { status: 'reserved' }
        const others = Object.keys(running).length
        if (others >= maxConcurrent)
          return {
            status: 'refused',
            reason: `${others} change${others === 1 ? '' : 's'} of pool ${agent.pool} run${others === 1 ? 's' : ''} already, and its limit is ${maxConcurrent} at once`,
          }
        const hourly = Object.keys(recent).filter((id) => id !== actionId).length
        if (hourly >= maxPerHour)
          return {
            status: 'refused',
            reason: `pool ${agent.pool} has had ${hourly} changes within the hour, and its limit is ${maxPerHour}`,
          }
        const now = clock.now()
        running[actionId] = addSeconds(now, termSeconds).toISOString()
        recent[actionId] = now.toISOString()
        if (await save(agent, ledger)) return { status: 'reserved' }
      }
    },
    async holds(of, actionId) {
      return actionId in (await load(of)).item.running
    },
    async incidents(of) {
      const slots = Object.keys((await load(of)).item.running)
      return [...new Set(slots.map((slot) => slot.replace(/-\d+$/, '')))]
    },
    free: (of, actionId) => freeWhere(of, (id) => id === actionId),
    freeIncident: (of, incidentId) => freeWhere(of, (id) => id.startsWith(`${incidentId}-`)),
  }
}
