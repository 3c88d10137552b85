import type { AgentRef } from '../domain/agent.ts'

export interface LedgerView {
  running: number
  lastHour: number
}

export type Reservation = { status: 'reserved' } | { status: 'refused'; reason: string }

/** One item per pool: the changes that run now (with expiry) and those of the last hour. */
export interface PoolLedger {
  read(agent: Pick<AgentRef, 'account' | 'region' | 'pool'>): Promise<LedgerView>
  /**
   * Reserves a slot by one conditional write. The same action id reserves once. `limits` are the pool's; `healthyLeft` is
   * the number of healthy agents that would remain, already counted by the caller.
   */
  reserve(
    agent: AgentRef,
    actionId: string,
    limits: { maxConcurrent: number; maxPerHour: number },
    termSeconds: number,
  ): Promise<Reservation>
  free(agent: Pick<AgentRef, 'account' | 'region' | 'pool'>, actionId: string): Promise<void>
}
