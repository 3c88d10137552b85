import * as z from 'zod/mini'
import { actions } from '../actions/index.ts'
import { agentGateways, stores } from '../aws/agent-gateways.ts'
import { readFleetFile } from '../aws/fleet-file.ts'
import { fleetSettings, tableSettings } from '../aws/settings.ts'
import { abandoned } from '../domain/workflow.ts'
import { lambdaHandler } from '../runtime/lambda-handler.ts'
import { abandonAction } from '../steps/abandon-action.ts'
import { marked } from '../steps/marked.ts'

/** Lambda for the AbandonAction state. */
export const handler = lambdaHandler({
  input: abandoned,
  settings: z.extend(fleetSettings, tableSettings.shape),
  services: (settings, platform) => ({
    fleet: readFleetFile(settings.FLEET_FILE),
    ...agentGateways(platform),
    ...stores(platform, settings.TABLE_NAME),
    actions,
    clock: platform.clock,
  }),
  step: marked({ during: 'act' }, abandonAction),
  keys: ({ incident }) => ({ incidentId: incident.id }),
})
