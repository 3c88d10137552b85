import type { Executing, Execution, Reportable } from '../domain/workflow.ts'
import { ended } from './check-action.ts'
import { actPlanOf, type ExecutionServices, executionOf } from './execution-services.ts'

export type AbandonServices = Pick<ExecutionServices, 'clock' | 'incidents' | 'ledger' | 'records'>

/**
 * After StartAction or CheckAction threw for good: the action under way counts as maybe done when its intent may have been
 * carried out, and what must be put back is still put back. The failure is told in the action's result.
 */
export const abandonAction =
  (services: AbandonServices) =>
  async ({
    failure,
    ...state
  }: Executing & Pick<Reportable, 'failure'>): Promise<Executing & { execution: Execution }> => {
    const execution = executionOf(state)
    const plan = actPlanOf(state)
    const action = execution.current?.action ?? plan.actions[execution.index]
    const now = services.clock.now().toISOString()
    if (!action) return { ...state, execution: { ...execution, current: null, status: 'failed' } }
    const detail = `${failure?.Error ?? 'an error'}: ${causeOf(failure?.Cause)}`
    const current = execution.current ?? { action, startedAt: now, deadline: now, handle: {}, maybeDone: true }
    return { ...state, execution: await ended(execution, current, { outcome: 'maybe-done', detail }, state, services) }
  }

/** Lambda's error message out of Step Functions' cause; the cause itself when it is no such JSON. */
const causeOf = (cause: string | undefined): string => {
  if (!cause) return 'no cause given'
  try {
    const parsed = JSON.parse(cause) as { errorMessage?: unknown }
    return typeof parsed.errorMessage === 'string' ? parsed.errorMessage : cause
  } catch {
    return cause
  }
}
