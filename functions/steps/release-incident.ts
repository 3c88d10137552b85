import type { LeaseStore } from '../aws/lease-store.ts'
import type { PoolLedger } from '../aws/pool-ledger.ts'
import { poolNameOf } from '../domain/agent.ts'
import type { Reportable } from '../domain/workflow.ts'
import { slotOf } from './start-action.ts'

export interface ReleaseServices {
  leases: LeaseStore
  ledger: PoolLedger
}

/** Frees what the incident holds: slots of the pool, then the lease. What is not held any more is left as it is. */
export const releaseIncident =
  ({ leases, ledger }: ReleaseServices) =>
  async <S extends Reportable>(state: S): Promise<S> => {
    const { subject, execution, fence } = state.incident
    const { account, region } = subject.kind === 'agent' ? subject.agent : subject
    for (let attempt = 1; attempt <= state.attempt; attempt += 1)
      await ledger.free({ account, region, pool: poolNameOf(subject) }, slotOf({ incident: state.incident, attempt }))
    await leases.release(subject, execution, fence)
    return state
  }
