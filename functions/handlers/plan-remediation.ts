import * as z from 'zod/mini'
import { actions } from '../actions/index.ts'
import { agentGateways, stores } from '../aws/agent-gateways.ts'
import { readFleetFile } from '../aws/fleet-file.ts'
import { fleetSettings, tableSettings } from '../aws/settings.ts'
import type { ActionKind } from '../domain/action.ts'
import { diagnosed } from '../domain/workflow.ts'
import { lambdaHandler } from '../runtime/lambda-handler.ts'
import { marked } from '../steps/marked.ts'
import { planRemediation } from '../steps/plan-remediation.ts'

/** Lambda for the PlanRemediation state. */
export const handler = lambdaHandler({
  input: diagnosed,
  settings: z.extend(fleetSettings, tableSettings.shape),
  services: (settings, platform) => ({
    fleet: readFleetFile(settings.FLEET_FILE),
    ...agentGateways(platform),
    ...stores(platform, settings.TABLE_NAME),
    undoOf: (kind: ActionKind) => actions[kind].undo,
    clock: platform.clock,
  }),
  step: marked({ during: 'plan' }, planRemediation),
  keys: ({ incident }) => ({ incidentId: incident.id }),
})
