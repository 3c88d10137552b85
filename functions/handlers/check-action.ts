import * as z from 'zod/mini'
import { actions } from '../actions/index.ts'
import { agentGateways, stores } from '../aws/agent-gateways.ts'
import { readFleetFile } from '../aws/fleet-file.ts'
import { fleetSettings, tableSettings } from '../aws/settings.ts'
import { executing } from '../domain/workflow.ts'
import { lambdaHandler } from '../runtime/lambda-handler.ts'
import { checkAction } from '../steps/check-action.ts'
import { marked } from '../steps/marked.ts'

/** Lambda for the CheckAction state. */
export const handler = lambdaHandler({
  input: executing,
  settings: z.extend(fleetSettings, tableSettings.shape),
  services: (settings, platform) => ({
    fleet: readFleetFile(settings.FLEET_FILE),
    ...agentGateways(platform),
    ...stores(platform, settings.TABLE_NAME),
    actions,
    clock: platform.clock,
  }),
  step: marked({ during: 'act' }, checkAction),
  keys: ({ incident }) => ({ incidentId: incident.id }),
})
