import type { ApprovalStore } from '../aws/approval-store.ts'
import type { IncidentStore } from '../aws/incident-store.ts'
import type { LeaseStore } from '../aws/lease-store.ts'
import type { Notifier } from '../aws/notifier.ts'
import { poolNameOf } from '../domain/agent.ts'
import { ContractError } from '../domain/errors.ts'
import type { Fleet } from '../domain/fleet.ts'
import { poolNamed } from '../domain/load-fleet.ts'
import { addSeconds, type Clock } from '../domain/time.ts'
import type { Planned } from '../domain/workflow.ts'
import { approvalMessage } from '../report/messages.ts'
import { actPlanOf } from './execution-services.ts'

export interface RequestApprovalServices {
  fleet: Fleet
  approvals: ApprovalStore
  incidents: IncidentStore
  leases: LeaseStore
  notifier: Notifier
  clock: Clock
}

/** Beyond the gate's end the workflow still rechecks, acts and verifies. */
const leaseMarginSeconds = 7200

/**
 * Writes the request with its token, extends the lease past the gate, and asks people once. A retry overwrites the token. A
 * message is marked after it was sent: dying in between asks twice, which beats never.
 */
export const requestApproval =
  (services: RequestApprovalServices) =>
  async ({ state, taskToken }: { state: Planned; taskToken: string }): Promise<{ requested: true }> => {
    const plan = actPlanOf(state)
    if (plan.gate.kind !== 'approval') throw new ContractError('plan.gate: only a gate of kind approval is asked for')
    const { incident } = state
    const pool = poolNamed(services.fleet, poolNameOf(incident.subject))
    const now = services.clock.now()
    const expiresAt = addSeconds(now, plan.gate.timeoutSeconds).toISOString()
    await services.leases.extend(
      incident.subject,
      incident.execution,
      incident.fence,
      plan.gate.timeoutSeconds + leaseMarginSeconds,
    )
    const message = approvalMessage(state, plan, pool, expiresAt)
    await services.approvals.request({
      incidentId: incident.id,
      planHash: plan.hash,
      taskToken,
      pool: pool.name,
      summary: message.body,
      requestedAt: now.toISOString(),
      expiresAt,
      approvers: pool.approvers,
    })
    if (!(await services.incidents.messageSent(incident.id, message.dedupe))) {
      await services.notifier.publish('approvals', message)
      await services.incidents.markSent(incident.id, message.dedupe, now.toISOString())
      await services.incidents.note(incident.id, {
        at: now.toISOString(),
        phase: 'gate',
        text: `Asked for approval of ${plan.rung} until ${expiresAt}.`,
      })
    }
    return { requested: true }
  }
