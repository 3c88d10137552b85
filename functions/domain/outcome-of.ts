import type { Outcome } from './outcome.ts'
import type { Reportable } from './workflow.ts'

/** How the incident ends, by what the state holds: the latest part decides. */
export const outcomeOf = ({ failure, plan, decision, execution, verification, recheck }: Reportable): Outcome => {
  // ExpireApproval leaves the time-out that it answered beside its decision; that is no failure.
  if (failure && failure.Error !== 'States.Timeout') return 'failed'
  if (failure && !decision) return 'failed'
  if (verification?.status === 'passed') return 'recovered'
  if (!plan) return 'failed'
  switch (plan.kind) {
    case 'stop':
      return plan.outcome
    case 'verify':
      return 'failed'
    case 'act':
      if (plan.route === 'refused' || execution?.status === 'stopped') return 'refused'
      if (plan.route === 'ask' && decision?.decision === 'rejected') return 'rejected'
      if (plan.route === 'ask' && decision?.decision === 'expired') return 'expired'
      if (plan.afterwards === 'escalate' && execution) return 'escalated'
      return recheck?.status === 'void' ? 'escalated' : 'failed'
  }
}
