import type { Execution } from '../engine/execution.ts'
import type { VirtualClock } from '../engine/virtual-clock.ts'

/** "Step Functions Execution Status Change" as EventBridge delivers it (Step Functions guide, "EventBridge"). */
export const statusChangeOf = (
  { executionArn, stateMachineArn, name, status, startDate, stopDate, input, error, cause }: Execution,
  place: { account: string; region: string },
) => ({
  version: '0',
  id: `status-${name}`,
  'detail-type': 'Step Functions Execution Status Change',
  source: 'aws.states',
  ...place,
  time: (stopDate ?? startDate).toISOString(),
  resources: [executionArn],
  detail: {
    executionArn,
    stateMachineArn,
    name,
    status,
    startDate: startDate.getTime(),
    stopDate: stopDate?.getTime() ?? null,
    input: JSON.stringify(input),
    output: null,
    inputDetails: { included: true },
    outputDetails: null,
    error: error ?? null,
    cause: cause ?? null,
  },
})

/** Lambda tries an event that it was given asynchronously twice more, after one and two minutes (Lambda guide). */
const retryAfterSeconds = [60, 120]

/** Invokes a function as an EventBridge rule does; what fails three times goes to the dead letters. */
export const invokeAsynchronously = async (
  invoke: (functionName: string, payload: unknown) => Promise<unknown>,
  functionName: string,
  event: unknown,
  clock: VirtualClock,
  deadLetters: string[],
): Promise<void> => {
  for (const wait of [...retryAfterSeconds, undefined])
    try {
      await invoke(functionName, event)
      return
    } catch (error) {
      if (wait === undefined) deadLetters.push(`${functionName}: ${String(error)}`)
      else await clock.sleep(wait * 1000)
    }
}
