import type { AgentRecords } from '../aws/agent-records.ts'
import type { ChangeCalendars } from '../aws/change-calendars.ts'
import type { ControlStore } from '../aws/control-store.ts'
import type { IncidentStore } from '../aws/incident-store.ts'
import { poolNameOf } from '../domain/agent.ts'
import { cooldownOf, ownChangeBehind } from '../domain/agent-record.ts'
import { ThrottledError, TransientError } from '../domain/errors.ts'
import type { Fleet } from '../domain/fleet.ts'
import { poolNamed } from '../domain/load-fleet.ts'
import type { Signal } from '../domain/signal.ts'
import type { Clock } from '../domain/time.ts'
import { closedBy } from '../guardrails/maintenance-window.ts'

export interface SuppressionServices {
  fleet: Fleet
  incidents: IncidentStore
  records: AgentRecords
  controls: ControlStore
  calendars: ChangeCalendars
  clock: Clock
}

/** Why a signal is only kept for now; `notBefore` when the reason ends by itself at a known time. */
export interface Suppression {
  reason: string
  notBefore: string | null
}

/**
 * Why nothing may be done about this signal now, in the order of design.md, "Safety"; null when it may. OpenIncident asks it
 * of every signal, and the sweep of those that it would take up. What can't be read throws: the state tries again.
 */
export const suppressionOf = async (signal: Signal, services: SuppressionServices): Promise<Suppression | null> => {
  const { fleet, incidents, records, controls, clock } = services
  const { mode, reason, expiresAt } = await controls.mode()
  if (mode === 'off') return { reason: `the kill switch is set${reason ? `: ${reason}` : ''}`, notBefore: expiresAt }
  const { subject } = signal
  if (subject.kind === 'agent' && poolNamed(fleet, subject.agent.pool).protectedAgents.includes(subject.agent.id))
    return { reason: `agent ${subject.agent.id} is protected in fleet.json`, notBefore: null }
  const closed = await windowOf(signal, services)
  if (closed) return closed
  const quarantined = await incidents.quarantined(subject)
  if (quarantined)
    return {
      reason: `quarantined since ${quarantined.at} by ${quarantined.incidentId} until a person lifts it: ${quarantined.reason}`,
      notBefore: null,
    }
  const record = await records.read(subject)
  const own = ownChangeBehind(signal, record)
  if (own) return { reason: `own action: ${own.id} did ${own.rung} at ${own.at}`, notBefore: null }
  const cooldown = cooldownOf(record, clock.now())
  return cooldown && { reason: cooldown.reason, notBefore: cooldown.until }
}

/**
 * A window that is open, or a calendar that is closed. One that can't be read keeps no incident from being opened and
 * diagnosed: people then hear of it, and the guardrail refuses every change.
 */
const windowOf = async (
  { subject }: Signal,
  { fleet, calendars, clock }: SuppressionServices,
): Promise<Suppression | null> => {
  try {
    const closed = await closedBy(poolNamed(fleet, poolNameOf(subject)), calendars, clock.now())
    return closed && { reason: closed.reason, notBefore: closed.until }
  } catch (error) {
    if (error instanceof ThrottledError || error instanceof TransientError) throw error
    return null
  }
}
