import type { ApprovalStore } from '../aws/approval-store.ts'
import type { IncidentStore } from '../aws/incident-store.ts'
import { ContractError } from '../domain/errors.ts'
import type { Clock } from '../domain/time.ts'
import type { Decided, Decision, Planned } from '../domain/workflow.ts'
import { actPlanOf } from './execution-services.ts'

export interface ExpireServices {
  approvals: ApprovalStore
  incidents: IncidentStore
  clock: Clock
}

/** Nobody answered in time: pending becomes expired by one conditional write; a decision that is there already is obeyed. */
export const expireApproval =
  ({ approvals, incidents, clock }: ExpireServices) =>
  async (state: Planned): Promise<Decided> => {
    const plan = actPlanOf(state)
    const at = clock.now().toISOString()
    const expired: Decision = {
      decision: 'expired',
      by: null,
      at,
      reason: 'nobody answered in time',
      planHash: plan.hash,
    }
    const given = (await approvals.read(state.incident.id, plan.hash))?.approvals ?? []
    const halfway: Decision =
      given.length > 0
        ? { ...expired, reason: `only ${given.map(({ by }) => by).join(', ')} approved in time`, approvals: given }
        : expired
    const decided = await approvals.decide(state.incident.id, plan.hash, halfway)
    // Without a record RequestApproval never got to write one: nobody can have approved anything.
    const decision = decided?.record.decision ?? expired
    if (decision.planHash !== plan.hash) throw new ContractError('decision.planHash: the record is of another plan')
    await incidents.note(state.incident.id, {
      at,
      phase: 'gate',
      text: decision.decision === 'expired' ? 'The request expired.' : `The request was ${decision.decision} in time.`,
    })
    return { ...state, decision }
  }
