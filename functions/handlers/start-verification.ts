import * as z from 'zod/mini'
import { stores } from '../aws/agent-gateways.ts'
import { awsCommandRunner } from '../aws/command-runner.ts'
import { readFleetFile } from '../aws/fleet-file.ts'
import { fleetSettings, tableSettings } from '../aws/settings.ts'
import { verifying } from '../domain/workflow.ts'
import { lambdaHandler } from '../runtime/lambda-handler.ts'
import { marked } from '../steps/marked.ts'
import { startVerification } from '../steps/start-verification.ts'

/** Lambda for the StartVerification state. */
export const handler = lambdaHandler({
  input: verifying,
  settings: z.extend(fleetSettings, tableSettings.shape),
  services: (settings, platform) => ({
    fleet: readFleetFile(settings.FLEET_FILE),
    commands: awsCommandRunner(platform),
    ...stores(platform, settings.TABLE_NAME),
    clock: platform.clock,
  }),
  step: marked({ during: 'verify' }, startVerification),
  keys: ({ incident }) => ({ incidentId: incident.id }),
})
