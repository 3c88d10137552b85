import { actions } from '../actions/index.ts'
import { closingServices, closingSettings } from '../aws/closing-services.ts'
import { lambdaHandler } from '../runtime/lambda-handler.ts'
import { closeIncident, executionEnded } from '../steps/close-incident.ts'

/** Lambda for "Step Functions Execution Status Change" of the workflow: FAILED, TIMED_OUT, ABORTED. */
export const handler = lambdaHandler({
  input: executionEnded,
  settings: closingSettings,
  services: (settings, platform) => ({
    ...closingServices(settings, platform),
    undoOf: (kind: keyof typeof actions) => actions[kind].undo,
  }),
  step: closeIncident,
  keys: ({ detail }) => ({ execution: detail.executionArn }),
})
