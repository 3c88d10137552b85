import type { ActionContext, ActionDefinition, ActionServices } from '../actions/action-definition.ts'
import type { LeaseStore } from '../aws/lease-store.ts'
import type { ActionKind } from '../domain/action.ts'
import { poolNameOf } from '../domain/agent.ts'
import { ContractError } from '../domain/errors.ts'
import type { Fleet } from '../domain/fleet.ts'
import { poolNamed, profileOf } from '../domain/load-fleet.ts'
import type { ActPlan } from '../domain/plan.ts'
import type { Executing, Execution } from '../domain/workflow.ts'
import type { CircumstanceServices } from '../guardrails/circumstances.ts'

/** What the steps of ExecutePlan share. */
export interface ExecutionServices extends ActionServices, CircumstanceServices {
  fleet: Fleet
  leases: LeaseStore
  actions: Record<ActionKind, ActionDefinition>
}

/** Throws ContractError: only a plan that acts is carried out. */
export const actPlanOf = ({ plan }: Executing): ActPlan => {
  if (plan.kind !== 'act') throw new ContractError(`a plan of kind ${plan.kind} has no actions to carry out`)
  return plan
}

export const executionOf = ({ execution }: Executing): Execution =>
  execution ?? { index: 0, status: 'start', current: null, results: [], waitSeconds: 0 }

export const actionContextOf = (
  { incident, diagnosis }: Executing,
  fleet: Fleet,
  intendedAt: string,
): ActionContext => {
  const pool = poolNamed(fleet, poolNameOf(incident.subject))
  return { pool, profile: profileOf(fleet, pool), incidentId: incident.id, cause: diagnosis.cause, intendedAt }
}

/**
 * Where the plan goes on after an action ended: after a success with the next one; after a failure only with those that put
 * back what an earlier one took away.
 */
export const goOn = (execution: Execution, plan: ActPlan): Execution => {
  const failed = execution.results.some(({ outcome }) => outcome !== 'succeeded')
  const next = plan.actions.findIndex((action, index) => index > execution.index && (!failed || action.always))
  if (next === -1) return { ...execution, current: null, status: failed ? 'failed' : 'done' }
  return { ...execution, index: next, current: null, status: 'start' }
}

/** One slot per attempt: entering Standby, stopping and starting are one change of the pool, and one of the agent. */
export const slotOf = ({ incident, attempt }: Pick<Executing, 'incident' | 'attempt'>): string =>
  `${incident.id}-${attempt}`
