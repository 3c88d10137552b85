import * as z from 'zod/mini'
import { actions } from '../actions/index.ts'
import { closingServices, closingSettings } from '../aws/closing-services.ts'
import { stepFunctionsExecutions } from '../aws/executions.ts'
import { workflowSettings } from '../aws/settings.ts'
import { swept } from '../domain/sweep.ts'
import { lambdaHandler } from '../runtime/lambda-handler.ts'
import { closeLostIncidents } from '../steps/close-lost-incidents.ts'

/** Lambda for the CloseLostIncidents state of the sweep. */
export const handler = lambdaHandler({
  input: swept,
  settings: z.extend(closingSettings, workflowSettings.shape),
  services: (settings, platform) => ({
    ...closingServices(settings, platform),
    executions: stepFunctionsExecutions(platform, settings.REMEDIATE_STATE_MACHINE_ARN),
    undoOf: (kind: keyof typeof actions) => actions[kind].undo,
  }),
  step: closeLostIncidents,
})
