import { readFleetFile } from '../aws/fleet-file.ts'
import { fleetSettings } from '../aws/settings.ts'
import { collected } from '../domain/workflow.ts'
import { rules } from '../rules/index.ts'
import { lambdaHandler } from '../runtime/lambda-handler.ts'
import { diagnose } from '../steps/diagnose.ts'
import { marked } from '../steps/marked.ts'

/** Lambda for the Diagnose state. */
export const handler = lambdaHandler({
  input: collected,
  settings: fleetSettings,
  services: (settings, platform) => ({ fleet: readFleetFile(settings.FLEET_FILE), rules, clock: platform.clock }),
  step: marked({ before: 'collect', during: 'diagnose' }, diagnose),
  keys: ({ incident }) => ({ incidentId: incident.id }),
})
