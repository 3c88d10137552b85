import type { Progress } from '../actions/action-definition.ts'
import type { ActionResult } from '../domain/action.ts'
import { successorIn } from '../domain/action.ts'
import { ContractError } from '../domain/errors.ts'
import type { Executing, Execution } from '../domain/workflow.ts'
import { actionContextOf, actPlanOf, type ExecutionServices, executionOf, goOn, slotOf } from './execution-services.ts'

type Executed = Executing & { execution: Execution }
type Current = NonNullable<Execution['current']>

/** Reads the effect of the action that runs. It changes nothing on the agent, so it may be repeated at will. */
export const checkAction =
  (services: ExecutionServices) =>
  async (state: Executing): Promise<Executed> => {
    const execution = executionOf(state)
    const { current } = execution
    if (!current) throw new ContractError('execution.current: no action runs that could be checked')
    const { action, handle, startedAt, deadline, maybeDone } = current
    const progress = await services.actions[action.kind].check(
      action,
      handle,
      services,
      actionContextOf(state, services.fleet, startedAt),
    )
    const late = services.clock.now().toISOString() >= deadline
    if (progress.status === 'pending' && !late)
      return { ...state, execution: { ...execution, waitSeconds: progress.waitSeconds } }
    return { ...state, execution: await ended(execution, current, judged(progress, maybeDone), state, services) }
  }

const judged = (progress: Progress, maybeDone: boolean): Pick<ActionResult, 'outcome' | 'detail'> => {
  switch (progress.status) {
    case 'succeeded':
      return { outcome: 'succeeded', detail: progress.detail }
    case 'failed':
      return { outcome: maybeDone ? 'maybe-done' : 'failed', detail: progress.detail }
    case 'pending':
      return { outcome: maybeDone ? 'maybe-done' : 'failed', detail: `not done within its time: ${progress.detail}` }
  }
}

/** Writes an action's end down and frees the pool's slot once the plan takes no more of it. */
export const ended = async (
  execution: Execution,
  { action, startedAt }: Current,
  result: Pick<ActionResult, 'outcome' | 'detail'>,
  state: Executing,
  { clock, incidents, ledger, records }: Pick<ExecutionServices, 'clock' | 'incidents' | 'ledger' | 'records'>,
): Promise<Execution> => {
  const endedAt = clock.now().toISOString()
  const whole: ActionResult = {
    id: action.id,
    kind: action.kind,
    target: action.target.id,
    ...result,
    startedAt,
    endedAt,
    undo: action.undo,
  }
  await incidents.note(state.incident.id, {
    at: endedAt,
    phase: 'act',
    text: `${action.kind} ${result.outcome}: ${result.detail}`,
  })
  const successor = successorIn(result.detail)
  if (successor) await records.inherit(action.target, { ...action.target, id: successor })
  const after = goOn({ ...execution, results: [...execution.results, whole] }, actPlanOf(state))
  if (after.status !== 'start') await ledger.free(action.target, slotOf(state))
  return after
}
