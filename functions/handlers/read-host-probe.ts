import { awsCommandRunner } from '../aws/command-runner.ts'
import { readFleetFile } from '../aws/fleet-file.ts'
import { fleetSettings } from '../aws/settings.ts'
import { probing } from '../domain/workflow.ts'
import { lambdaHandler } from '../runtime/lambda-handler.ts'
import { readHostProbe } from '../steps/read-host-probe.ts'

/** Lambda for the ReadHostProbe state. */
export const handler = lambdaHandler({
  input: probing,
  settings: fleetSettings,
  services: (settings, platform) => ({
    fleet: readFleetFile(settings.FLEET_FILE),
    commands: awsCommandRunner(platform),
    clock: platform.clock,
  }),
  step: readHostProbe,
  keys: ({ incident }) => ({ incidentId: incident.id }),
})
