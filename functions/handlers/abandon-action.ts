import { stores } from '../aws/agent-gateways.ts'
import { tableSettings } from '../aws/settings.ts'
import { abandoned } from '../domain/workflow.ts'
import { lambdaHandler } from '../runtime/lambda-handler.ts'
import { abandonAction } from '../steps/abandon-action.ts'
import { marked } from '../steps/marked.ts'

/** Lambda for the AbandonAction state. */
export const handler = lambdaHandler({
  input: abandoned,
  settings: tableSettings,
  services: (settings, platform) => ({ ...stores(platform, settings.TABLE_NAME), clock: platform.clock }),
  step: marked({ during: 'act' }, abandonAction),
  keys: ({ incident }) => ({ incidentId: incident.id }),
})
