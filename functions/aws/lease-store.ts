import type { Action, ActionKind, Handle } from '../domain/action.ts'
import { type Subject, subjectKey, subjectLabel } from '../domain/agent.ts'
import { LeaseLostError } from '../domain/errors.ts'
import { addSeconds, type Clock } from '../domain/time.ts'
import type { Condition, Key, Table } from './table.ts'

export interface Lease {
  owner: string
  fence: number
  incidentId: string
  expiresAt: string
}

export interface Intent {
  actionId: string
  kind: ActionKind
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
    action: Pick<Action, 'id' | 'kind'>,
    mustLastSeconds: number,
  ): Promise<{ status: 'new'; intent: Intent } | { status: 'known'; intent: Intent }>
  settle(subject: Subject, owner: string, fence: number, actionId: string, handle: Handle): Promise<void>
  read(subject: Subject): Promise<Lease | undefined>
  /**
   * Takes the lease from an execution that no longer runs, for whoever closes its incident: the fence grows, so that a
   * function of that execution that still runs can begin nothing more, and what it had begun is told. Undefined when that
   * execution does not hold it. The same successor may take it again.
   */
  takeOver(
    subject: Subject,
    from: string,
    to: string,
    termSeconds: number,
  ): Promise<{ lease: Lease; intents: Intent[] } | undefined>
  /** Gives the lease back; a lease that is no longer ours is left as it is. */
  release(subject: Subject, owner: string, fence: number): Promise<void>
}

const keyOf = (subject: Subject): Key => ({ pk: subjectKey(subject), sk: 'LEASE' })

interface LeaseItem extends Lease {
  intents: Record<string, Omit<Intent, 'actionId'>>
}

const expiry = (clock: Clock, seconds: number): string => addSeconds(clock.now(), seconds).toISOString()
const ours = '#owner = :owner AND fence = :fence'
const ownerName = { '#owner': 'owner' }
/** Holds while nobody has taken or extended the lease since it was read. */
const unchangedSince = ({ owner, fence, expiresAt }: LeaseItem): Condition => ({
  expression: `${ours} AND expiresAt = :seen`,
  names: ownerName,
  values: { ':owner': owner, ':fence': fence, ':seen': expiresAt },
})

/**
 * Leases in the table. ISO times in UTC compare as text, so the conditions hold them to the clock; TTL is never trusted.
 * A call that dies after its write is repeated harmlessly: the same owner enters again, an intent that stands is answered.
 */
export const dynamoLeaseStore = (table: Table, clock: Clock): LeaseStore => {
  const read = async (subject: Subject): Promise<LeaseItem | undefined> =>
    (await table.get(keyOf(subject))) as LeaseItem | undefined
  const leaseOf = ({ owner, fence, incidentId, expiresAt }: LeaseItem): Lease => ({
    owner,
    fence,
    incidentId,
    expiresAt,
  })
  const lost = (subject: Subject, owner: string) =>
    new LeaseLostError(
      `the lease of ${subjectLabel(subject)} is no longer held by ${owner}: another execution owns it, or its term is over`,
    )

  const extend: LeaseStore['extend'] = async (subject, owner, fence, termSeconds) => {
    const extended = await table.update(keyOf(subject), {
      set: 'SET expiresAt = :until',
      condition: ours,
      names: ownerName,
      values: { ':owner': owner, ':fence': fence, ':until': expiry(clock, termSeconds) },
    })
    if (!extended) throw lost(subject, owner)
  }

  return {
    async acquire(subject, owner, incidentId, termSeconds) {
      for (;;) {
        const known = await read(subject)
        const free = !known || known.owner === 'released' || known.expiresAt <= clock.now().toISOString()
        if (known && !free && known.owner !== owner) return { status: 'held', lease: leaseOf(known) }
        // An owner whose term ended and whom nobody followed still is the owner: his intents are the memory of what he began.
        const again = known?.owner === owner
        const item: LeaseItem = {
          owner,
          incidentId: again ? known.incidentId : incidentId,
          fence: again ? known.fence : (known?.fence ?? 0) + 1,
          expiresAt: expiry(clock, termSeconds),
          intents: again ? known.intents : {},
        }
        const written = await table.put(
          { ...keyOf(subject), ...item },
          known ? unchangedSince(known) : { expression: 'attribute_not_exists(pk)' },
        )
        // Somebody wrote between our read and our write: look again.
        if (written) return { status: 'acquired', lease: leaseOf(item) }
      }
    },
    extend,
    async intend(subject, owner, fence, { id: actionId, kind }, mustLastSeconds) {
      const intent: Omit<Intent, 'actionId'> = { kind, intendedAt: clock.now().toISOString(), handle: null }
      const written = await table.update(keyOf(subject), {
        set: 'SET intents.#action = :intent',
        condition: `${ours} AND expiresAt > :atLeast AND attribute_not_exists(intents.#action)`,
        names: { ...ownerName, '#action': actionId },
        values: {
          ':owner': owner,
          ':fence': fence,
          ':atLeast': expiry(clock, mustLastSeconds),
          ':intent': intent,
        },
      })
      if (written) return { status: 'new', intent: { actionId, ...intent } }
      const standing = await read(subject)
      const known = standing?.intents[actionId]
      const held =
        standing?.owner === owner && standing.fence === fence && standing.expiresAt > expiry(clock, mustLastSeconds)
      if (!held || !known) throw lost(subject, owner)
      return { status: 'known', intent: { actionId, ...known } }
    },
    async settle(subject, owner, fence, actionId, handle) {
      const settled = await table.update(keyOf(subject), {
        set: 'SET intents.#action.handle = :handle',
        condition: `${ours} AND attribute_exists(intents.#action)`,
        names: { ...ownerName, '#action': actionId },
        values: { ':owner': owner, ':fence': fence, ':handle': handle },
      })
      if (!settled) throw lost(subject, owner)
    },
    async takeOver(subject, from, to, termSeconds) {
      // An update leaves the intents as they are: one that lands in between is not lost.
      const taken = await table.update(keyOf(subject), {
        set: 'SET #owner = :to, fence = fence + :one, expiresAt = :until',
        condition: '#owner = :from',
        names: ownerName,
        values: { ':from': from, ':to': to, ':one': 1, ':until': expiry(clock, termSeconds) },
      })
      const held = await read(subject)
      if (!held || held.owner !== to) return undefined
      if (!taken) await extend(subject, to, held.fence, termSeconds)
      return {
        lease: leaseOf(held),
        intents: Object.entries(held.intents).map(([actionId, intent]) => ({ actionId, ...intent })),
      }
    },
    async read(subject) {
      const item = await read(subject)
      return item && item.owner !== 'released' ? leaseOf(item) : undefined
    },
    async release(subject, owner, fence) {
      // The item stays, so that the fence goes on growing over the life of the subject.
      await table.update(keyOf(subject), {
        set: 'SET #owner = :released, intents = :none',
        condition: ours,
        names: ownerName,
        values: { ':owner': owner, ':fence': fence, ':released': 'released', ':none': {} },
      })
    },
  }
}
