import { type AgentRef, type Subject, subjectKey } from '../domain/agent.ts'
import {
  type AgentRecord,
  type Closure,
  hourSeconds,
  overBudget,
  type RecordedChange,
  type Replacement,
} from '../domain/agent-record.ts'
import { addSeconds, type Clock } from '../domain/time.ts'
import type { Key, Table } from './table.ts'
import { changeVersioned } from './versioned.ts'

/** What was done to agents of late. One item per agent and one per pool, each changed by versioned writes. */
export interface AgentRecords {
  read(subject: Subject): Promise<AgentRecord>
  /** Counts a change against the agent's budget by one conditional write. The same id is counted once. */
  spend(
    subject: Subject,
    change: Omit<RecordedChange, 'at'>,
    limit: number,
  ): Promise<{ status: 'spent' } | { status: 'refused'; reason: string }>
  /** Writes an incident's end down, once. */
  closed(subject: Subject, closure: Closure): Promise<void>
  /** A successor starts with its predecessor's changes and depth, so that a replacement is no fresh budget. */
  inherit(from: AgentRef, to: AgentRef): Promise<void>
  /** Writes a replacement down, once per incident. */
  replaced(pool: Pick<AgentRef, 'account' | 'region' | 'pool'>, replacement: Replacement): Promise<void>
  /** Replacements of the last day that failed, back to the last one that worked. */
  failedReplacements(pool: Pick<AgentRef, 'account' | 'region' | 'pool'>): Promise<Replacement[]>
}

interface RecordItem extends AgentRecord {
  version: number
}
type PoolOf = Pick<AgentRef, 'account' | 'region' | 'pool'>

const daySeconds = 24 * 3600
const closuresKept = 20
const keyOf = (subject: Subject): Key => ({ pk: subjectKey(subject), sk: 'RECORD' })
const poolKeyOf = ({ account, region, pool }: PoolOf): Key => ({
  pk: `POOL#${account}#${region}#${pool}`,
  sk: 'REPLACEMENTS',
})

export const dynamoAgentRecords = (table: Table, clock: Clock): AgentRecords => {
  const since = (seconds: number) => addSeconds(clock.now(), -seconds).toISOString()
  const change = <T extends { version: number }>(key: Key, empty: T, edit: (item: T) => T | null) =>
    changeVersioned(table, key, empty, edit)
  const none: RecordItem = { version: 0, changes: [], closures: [], inheritedDepth: 0 }
  const recent = (item: RecordItem): RecordItem => ({
    ...item,
    changes: item.changes.filter(({ at }) => at > since(hourSeconds)),
    closures: item.closures.filter(({ closedAt }) => closedAt > since(daySeconds)),
  })
  const read = async (subject: Subject): Promise<RecordItem> =>
    recent(((await table.get(keyOf(subject))) as RecordItem | undefined) ?? none)

  return {
    read,
    async spend(subject, spent, limit) {
      const at = clock.now().toISOString()
      let refused: string | null = null
      await change(keyOf(subject), none, (whole) => {
        const item = recent(whole)
        refused = null
        if (item.changes.some(({ id }) => id === spent.id)) return null
        if (item.changes.length < limit) return { ...item, changes: [...item.changes, { ...spent, at }] }
        refused = overBudget(item, limit)
        return null
      })
      return refused ? { status: 'refused', reason: refused } : { status: 'spent' }
    },
    async closed(subject, closure) {
      await change(keyOf(subject), none, (whole) => {
        const item = recent(whole)
        if (item.closures.some(({ incidentId }) => incidentId === closure.incidentId)) return null
        return { ...item, closures: [...item.closures, closure].slice(-closuresKept) }
      })
    },
    async inherit(from, to) {
      const { changes, inheritedDepth, closures } = await read({ kind: 'agent', agent: from })
      await change(keyOf({ kind: 'agent', agent: to }), none, (whole) => {
        const item = recent(whole)
        const missing = changes.filter(({ id }) => !item.changes.some((each) => each.id === id))
        const depth = Math.max(inheritedDepth, closures.at(-1)?.depth ?? 0) + 1
        return { ...item, changes: [...missing, ...item.changes], inheritedDepth: Math.max(item.inheritedDepth, depth) }
      })
    },
    async replaced(pool, replacement) {
      const empty: { version: number; replacements: Replacement[] } = { version: 0, replacements: [] }
      await change(poolKeyOf(pool), empty, (item) => {
        const kept = item.replacements.filter(({ at }) => at > since(daySeconds))
        if (kept.some(({ incidentId }) => incidentId === replacement.incidentId)) return null
        return { ...item, replacements: [...kept, replacement] }
      })
    },
    async failedReplacements(pool) {
      const found = (await table.get(poolKeyOf(pool))) as { replacements: Replacement[] } | undefined
      const replacements = (found?.replacements ?? []).filter(({ at }) => at > since(daySeconds))
      return replacements.slice(replacements.findLastIndex(({ works }) => works) + 1)
    },
  }
}
