import type { ActionDefinition } from '../actions/action-definition.ts'
import type { Action, ActionResult, Handle } from '../domain/action.ts'
import { ContractError, LeaseLostError } from '../domain/errors.ts'
import { addSeconds } from '../domain/time.ts'
import type { Executing, Execution } from '../domain/workflow.ts'
import { readCircumstances } from '../guardrails/circumstances.ts'
import { atTheChange, judgeChange } from '../guardrails/index.ts'
import { actionContextOf, actPlanOf, type ExecutionServices, executionOf, goOn, slotOf } from './execution-services.ts'

/** Longer than the function may run, so that the lease still holds when its last call is answered. */
const leaseMustLastSeconds = 90

/** How long an agent's trouble may go on from here before its lease must be renewed. */
const leaseSeconds = 7200

type Executed = Executing & { execution: Execution }

/**
 * Starts one action. Right before the change it asks the guardrails again, reserves the pool's slot and writes the intent
 * under lease and fence. A repeat finds the intent: with its handle the action was started; without it the change is "maybe
 * done" and is looked for in the world; where that can't tell, it goes on to the check and never repeats. Throws
 * LeaseLostError when another execution owns the agent, and the gateways' errors.
 */
export const startAction =
  (services: ExecutionServices) =>
  async (state: Executing): Promise<Executed> => {
    const plan = actPlanOf(state)
    const execution = executionOf(state)
    const action = plan.actions[execution.index]
    if (!action) throw new ContractError(`execution.index: the plan has no action ${execution.index}`)
    const definition = services.actions[action.kind]
    const { incident } = state
    const { subject, execution: owner, fence } = incident

    await services.leases.extend(subject, owner, fence, leaseSeconds)
    const refusal = await refusalOf(action, definition, state, services)
    if (refusal) {
      const after = blocked(execution, action, refusal, state, services)
      // The next attempt must not be kept out by this one's slot.
      if (after.status !== 'start') await services.ledger.free(action.target, slotOf(state))
      return { ...state, execution: after }
    }

    const { status, intent } = await services.leases
      .intend(subject, owner, fence, action, leaseMustLastSeconds)
      .catch(async (error: unknown) => {
        // Whoever took the agent over has freed our slot already, perhaps before we took it: it must not stay with us.
        if (error instanceof LeaseLostError) await services.ledger.free(action.target, slotOf(state))
        throw error
      })
    const context = actionContextOf(state, services.fleet, intent.intendedAt)
    const begin = async (): Promise<{ handle: Handle; maybeDone: boolean } | Refusal> => {
      // The switch once more, with no other call between it and the change.
      const { mode, reason } = await services.controls.mode()
      if (mode !== 'act') return { reason: `mode is ${mode}${reason ? `: ${reason}` : ''}`, stops: true }
      const handle = await definition.start(action, services, context)
      await services.leases.settle(subject, owner, fence, action.id, handle)
      return { handle, maybeDone: false }
    }
    const resume = async () => {
      if (intent.handle) return { handle: intent.handle, maybeDone: false }
      const found = await definition.find(action, services, context)
      if (found === 'not-started') return begin()
      return found === 'unknown' ? { handle: {}, maybeDone: true } : { handle: found, maybeDone: false }
    }
    const begun = status === 'new' ? await begin() : await resume()
    if ('stops' in begun) {
      await services.ledger.free(action.target, slotOf(state))
      return { ...state, execution: blocked(execution, action, begun, state, services) }
    }
    const { handle, maybeDone } = begun
    const now = services.clock.now()
    await services.incidents.note(incident.id, {
      at: intent.intendedAt,
      phase: 'act',
      text: `Started ${action.kind} on ${action.target.id}.`,
    })
    return {
      ...state,
      execution: {
        ...execution,
        status: 'check',
        waitSeconds: 5,
        current: {
          action,
          startedAt: intent.intendedAt,
          deadline: addSeconds(now, definition.deadlineSeconds).toISOString(),
          handle,
          maybeDone,
        },
      },
    }
  }

interface Refusal {
  reason: string
  /** The kill switch ends the plan where it stands; another refusal still lets what must be put back be put back. */
  stops: boolean
}

const refusalOf = async (
  action: Action,
  { disruptive, destructive }: ActionDefinition,
  state: Executing,
  services: ExecutionServices,
): Promise<Refusal | null> => {
  const { pool } = actionContextOf(state, services.fleet, '')
  const circumstances = await readCircumstances(action.target, pool, services)
  const known = await services.ledger.holds(action.target, slotOf(state))
  // What this incident has reserved already does not count against it, and what is put back takes no slot.
  const takesSlot = disruptive && !action.always && !known
  const plan = actPlanOf(state)
  const approved = plan.gate.kind === 'approval'
  const change = {
    id: slotOf(state),
    counts: !action.always && action.kind !== 'quarantine',
    putsBack: action.always,
    depth: state.incident.depth,
    target: action.target,
    pool,
    rung: plan.rung,
    destructive,
    disruptive: takesSlot,
    gate: approved ? ('approval' as const) : ('automatic' as const),
  }
  const judgement = judgeChange(change, circumstances, atTheChange)
  if (judgement.verdict === 'refused') return { reason: judgement.reason, stops: judgement.guardrail === 'mode' }
  if (takesSlot) {
    const reserved = await services.ledger.reserve(action.target, slotOf(state), pool.limits, leaseSeconds)
    if (reserved.status === 'refused') return { reason: reserved.reason, stops: false }
  }
  if (!change.counts) return null
  const kinds = plan.actions.map(({ kind }) => kind)
  // What a person approved is counted too, and not refused.
  const limit = approved ? Number.POSITIVE_INFINITY : pool.limits.maxActionsPerHour
  const subject = { kind: 'agent' as const, agent: action.target }
  const spent = await services.records.spend(subject, { id: change.id, rung: plan.rung, kinds }, limit)
  return spent.status === 'refused' ? { reason: spent.reason, stops: false } : null
}

const blocked = (
  execution: Execution,
  action: Action,
  { reason, stops }: Refusal,
  state: Executing,
  { clock }: ExecutionServices,
): Execution => {
  const result: ActionResult = {
    id: action.id,
    kind: action.kind,
    target: action.target.id,
    outcome: 'blocked',
    detail: reason,
    startedAt: null,
    endedAt: clock.now().toISOString(),
    undo: 'Nothing was changed.',
  }
  const after = { ...execution, results: [...execution.results, result] }
  return stops ? { ...after, current: null, status: 'stopped' } : goOn(after, actPlanOf(state))
}
