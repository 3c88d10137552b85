import type { AgentDirectory } from '../aws/agent-directory.ts'
import type { IncidentStore } from '../aws/incident-store.ts'
import type { LeaseStore } from '../aws/lease-store.ts'
import type { RejectedEvents } from '../aws/rejected-events.ts'
import { poolNameOf, subjectLabel } from '../domain/agent.ts'
import { depthOf } from '../domain/agent-record.ts'
import { type Incident, incidentIdOf } from '../domain/incident.ts'
import { poolNamed } from '../domain/load-fleet.ts'
import { earlyWarnings, type Signal } from '../domain/signal.ts'
import { heldBack } from '../domain/storm.ts'
import type { Arrived, OpeningResult } from '../domain/workflow.ts'
import { readEvent } from '../signals/index.ts'
import { openStorm, type StormServices } from './storms.ts'
import { type Suppression, type SuppressionServices, suppressionOf } from './suppression.ts'

export interface OpeningServices extends SuppressionServices, StormServices {
  directory: AgentDirectory
  leases: LeaseStore
  rejected: RejectedEvents
}

/** Long enough for a ladder without a gate; a gate extends it. An execution that died blocks its agent no longer than this. */
const leaseSeconds = 7200

/** Counts the agent among those of its pool in trouble; with too many of them at once, most of them wait. */
const stormOf = async (signal: Signal, services: OpeningServices): Promise<Suppression | null> => {
  const { subject } = signal
  // Whoever has an open incident is counted already, and this signal goes to it.
  if (subject.kind !== 'agent' || earlyWarnings.has(signal.kind) || (await services.leases.read(subject))) return null
  const pool = poolNamed(services.fleet, subject.agent.pool)
  const { storm, began } = await services.storms.arrive(subject.agent, pool.limits.stormAgents, signal)
  if (storm && began) await openStorm(storm, pool, services)
  const reason = heldBack(storm, subject.agent.id)
  return reason === null ? null : { reason, notBefore: null }
}

/** An execution has one incident. Whom else the event concerns is left to the sweep, which asks of each what is asked here. */
const markAlso = async (others: readonly Signal[], at: string, incidents: IncidentStore): Promise<void> => {
  for (const signal of others)
    await incidents.markDue({
      signal,
      reason: 'one event concerns several agents or pools, and each has an incident of its own',
      at,
      notBefore: null,
    })
}

/**
 * Reads the event, finds its agent or pool, takes the lease and opens the incident; or says why not. Every repeat comes
 * out right: the event is claimed by this execution, the lease is entered again by its owner, the incident has one id.
 * Nothing is lost: an unreadable event goes to the queue of rejected events, a suppressed signal leaves a due mark, and a
 * signal whose subject has an open incident is appended to that. Throws the gateways' errors.
 */
export const openIncident =
  (services: OpeningServices) =>
  async ({ event, execution, startedAt }: Arrived): Promise<OpeningResult> => {
    const { fleet, incidents, leases, clock } = services
    const reading = await readEvent(event, fleet, services.directory, clock)
    if (reading.outcome === 'rejected') {
      await services.rejected.put(event, reading.reason, execution)
      return { opening: { decision: 'unreadable', reason: reading.reason } }
    }
    if (reading.outcome === 'ignored') return { opening: { decision: 'suppressed', reason: reading.reason } }
    if (reading.outcome === 'unknown-agent')
      return { opening: { decision: 'suppressed', reason: `unknown agent: ${reading.reason}` } }

    const { signal } = reading
    const at = clock.now()
    const markOthers = () => markAlso(reading.also ?? [], at.toISOString(), incidents)
    const suppressed = (await suppressionOf(signal, services)) ?? (await stormOf(signal, services))
    if (suppressed) {
      const { reason, notBefore } = suppressed
      await incidents.markDue({ signal, reason, at: at.toISOString(), notBefore })
      await markOthers()
      return { opening: { decision: 'suppressed', reason } }
    }

    const id = incidentIdOf(execution, new Date(startedAt))
    const claim = await incidents.claimEvent(signal.eventId, execution, id)
    if (claim.status === 'taken')
      return {
        opening: {
          decision: 'joined',
          incidentId: claim.incidentId ?? 'unknown',
          reason: 'this event has been taken by another execution already',
        },
      }

    await markOthers()
    // Before the lease: whatever dies from here on leaves a record that the closing and the sweep find.
    await incidents.begin({ id, subject: signal.subject, signal, openedAt: at.toISOString(), execution })
    const held = await leases.acquire(signal.subject, execution, id, leaseSeconds)
    if (held.status === 'held') {
      await incidents.append(held.lease.incidentId, signal, at.toISOString())
      await incidents.withdraw(id)
      return {
        opening: {
          decision: 'joined',
          incidentId: held.lease.incidentId,
          reason: `${subjectLabel(signal.subject)} has an open incident`,
        },
      }
    }

    const { mode } = await services.controls.mode()
    const incident: Incident = {
      id: held.lease.incidentId,
      subject: signal.subject,
      signal,
      openedAt: at.toISOString(),
      execution,
      fence: held.lease.fence,
      mode: mode === 'observe' ? 'observe' : 'act',
      depth: depthOf(await services.records.read(signal.subject), at),
    }
    await incidents.open(incident)
    await incidents.clearDue(signal.subject)
    await incidents.note(incident.id, {
      at: at.toISOString(),
      phase: 'open',
      text: `${signal.summary} (${subjectLabel(signal.subject)} of pool ${poolNameOf(signal.subject)})`,
    })
    return {
      opening: { decision: 'opened' },
      incident,
      attempt: 1,
      attempts: [],
      marks: [{ phase: 'open', until: clock.now().toISOString() }],
    }
  }
