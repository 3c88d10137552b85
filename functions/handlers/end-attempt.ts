import { stores } from '../aws/agent-gateways.ts'
import { tableSettings } from '../aws/settings.ts'
import { reportable } from '../domain/workflow.ts'
import { lambdaHandler } from '../runtime/lambda-handler.ts'
import { endAttempt } from '../steps/end-attempt.ts'
import { marked } from '../steps/marked.ts'

/** Lambda for the EndAttempt state. */
export const handler = lambdaHandler({
  input: reportable,
  settings: tableSettings,
  services: (settings, platform) => ({ ...stores(platform, settings.TABLE_NAME), clock: platform.clock }),
  step: marked({ during: 'plan' }, endAttempt),
  keys: ({ incident }) => ({ incidentId: incident.id }),
})
