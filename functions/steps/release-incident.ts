import type { LeaseStore } from '../aws/lease-store.ts'
import type { PoolLedger } from '../aws/pool-ledger.ts'
import { poolOf } from '../domain/agent.ts'
import type { Reportable } from '../domain/workflow.ts'

export interface ReleaseServices {
  leases: LeaseStore
  ledger: PoolLedger
}

/** Frees what the incident holds: slots of the pool, then the lease. What is not held any more is left as it is. */
export const releaseIncident =
  ({ leases, ledger }: ReleaseServices) =>
  async <S extends Reportable>(state: S): Promise<S> => {
    const { subject, execution, fence } = state.incident
    await ledger.freeIncident(poolOf(subject), state.incident.id)
    await leases.release(subject, execution, fence)
    return state
  }
