import type { AgentRecords } from '../aws/agent-records.ts'
import type { ChangeCalendars } from '../aws/change-calendars.ts'
import type { ControlStore } from '../aws/control-store.ts'
import type { PoolLedger } from '../aws/pool-ledger.ts'
import type { PoolMembers } from '../aws/pool-members.ts'
import type { Storms } from '../aws/storms.ts'
import type { AgentRef } from '../domain/agent.ts'
import { ThrottledError, TransientError } from '../domain/errors.ts'
import type { Pool } from '../domain/fleet.ts'
import type { Clock } from '../domain/time.ts'
import type { Circumstances } from './guardrail.ts'
import { closedBy } from './maintenance-window.ts'

export interface CircumstanceServices {
  controls: ControlStore
  members: PoolMembers
  ledger: PoolLedger
  records: AgentRecords
  storms: Pick<Storms, 'read'>
  calendars: ChangeCalendars
  clock: Clock
}

/** What can't be read is told as such, so that guardrails refuse; what may pass is thrown, so that the state tries again. */
const readOr = async <T>(read: () => Promise<T>): Promise<T | { status: 'unreadable'; reason: string }> => {
  try {
    return await read()
  } catch (error) {
    if (error instanceof ThrottledError || error instanceof TransientError) throw error
    return { status: 'unreadable', reason: error instanceof Error ? error.message : String(error) }
  }
}

/** Reads anew what the guardrails ask for. */
export const readCircumstances = async (
  target: AgentRef,
  pool: Pool,
  { controls, members, ledger, records, storms, calendars, clock }: CircumstanceServices,
): Promise<Circumstances> => {
  const mode = await readOr(async () => ({ status: 'read' as const, ...(await controls.mode()) }))
  const health = await readOr(async () => {
    const all = await members.of(pool)
    const subject = all.find(({ agent }) => agent.id === target.id)
    return {
      status: 'read' as const,
      healthy: all.filter((member) => member.healthy).length,
      total: all.length,
      subjectHealthy: subject?.healthy ?? false,
    }
  })
  const changes = await readOr(async () => ({ status: 'read' as const, ...(await ledger.read(target)) }))
  const record = await readOr(async () => ({
    status: 'read' as const,
    ...(await records.read({ kind: 'agent', agent: target })),
  }))
  const replacements = await readOr(async () => ({
    status: 'read' as const,
    failed: await records.failedReplacements(target),
  }))
  const storm = await readOr(async () => ({ status: 'read' as const, storm: await storms.read(target) }))
  const window = await readOr(async () => ({
    status: 'read' as const,
    closed: await closedBy(pool, calendars, clock.now()),
  }))
  return { mode, window, pool: health, ledger: changes, record, replacements, storm }
}
