import type { ApprovalStore } from '../aws/approval-store.ts'
import type { WorkflowCallback } from '../aws/workflow-callback.ts'
import type { Swept } from '../domain/sweep.ts'
import { type Clock, secondsBetween } from '../domain/time.ts'

export interface RepeatServices {
  approvals: ApprovalStore
  callback: WorkflowCallback
  clock: Clock
}

/** The decision function answers within seconds of its write. */
const graceSeconds = 60

/** Answers the workflow again where a decision was written and its SendTaskSuccess did not arrive. */
export const repeatDecisions =
  ({ approvals, callback, clock }: RepeatServices) =>
  async (state: Swept): Promise<Swept> => {
    const repeated: string[] = []
    for (const { incidentId, planHash, taskToken, decision } of await approvals.unanswered()) {
      if (!decision || secondsBetween(decision.at, clock.now()) < graceSeconds) continue
      const told = await callback.succeed(taskToken, decision)
      if (told === 'answered') repeated.push(incidentId)
      await approvals.markAnswered(incidentId, planHash)
    }
    return { ...state, repeated }
  }
