import { awsCommandRunner } from '../aws/command-runner.ts'
import { readFleetFile } from '../aws/fleet-file.ts'
import { fleetSettings } from '../aws/settings.ts'
import { opened } from '../domain/workflow.ts'
import { lambdaHandler } from '../runtime/lambda-handler.ts'
import { startHostProbe } from '../steps/start-host-probe.ts'

/** Lambda for the StartHostProbe state. */
export const handler = lambdaHandler({
  input: opened,
  settings: fleetSettings,
  services: (settings, platform) => ({
    fleet: readFleetFile(settings.FLEET_FILE),
    commands: awsCommandRunner(platform),
    clock: platform.clock,
  }),
  step: startHostProbe,
  keys: ({ incident }) => ({ incidentId: incident.id }),
})
