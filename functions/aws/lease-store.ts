import type { Handle } from '../domain/action.ts'
import type { Subject } from '../domain/agent.ts'

export interface Lease {
  owner: string
  fence: number
  incidentId: string
  expiresAt: string
}

export interface Intent {
  actionId: string
  intendedAt: string
  /** Set once the start step has its answer; without it the change is "maybe done". */
  handle: Handle | null
}

/**
 * One lease per subject, kept in one item together with the intents of its holder. All writes are conditional on that
 * item, so that a holder who lost the lease can write nothing.
 */
export interface LeaseStore {
  /**
   * Takes the lease, or enters it again as the same owner. Held by another: `held` with that lease. The fence grows with
   * each change of owner.
   */
  acquire(
    subject: Subject,
    owner: string,
    incidentId: string,
    termSeconds: number,
  ): Promise<{ status: 'acquired'; lease: Lease } | { status: 'held'; lease: Lease }>
  /** Extends the term; throws LeaseLostError when owner or fence differ. */
  extend(subject: Subject, owner: string, fence: number, termSeconds: number): Promise<void>
  /**
   * Writes the intent of an action. Conditional on owner, fence and on `mustLastSeconds` of the term being left; throws
   * LeaseLostError else. An intent that is already there is returned as it was written (`known`).
   */
  intend(
    subject: Subject,
    owner: string,
    fence: number,
    actionId: string,
    mustLastSeconds: number,
  ): Promise<{ status: 'new'; intent: Intent } | { status: 'known'; intent: Intent }>
  settle(subject: Subject, owner: string, fence: number, actionId: string, handle: Handle): Promise<void>
  read(subject: Subject): Promise<Lease | undefined>
  /** Gives the lease back; a lease that is no longer ours is left as it is. */
  release(subject: Subject, owner: string, fence: number): Promise<void>
}
