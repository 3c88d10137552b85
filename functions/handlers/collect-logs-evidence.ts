import { readFleetFile } from '../aws/fleet-file.ts'
import { awsLogs } from '../aws/logs.ts'
import { fleetSettings } from '../aws/settings.ts'
import { opened } from '../domain/workflow.ts'
import { lambdaHandler } from '../runtime/lambda-handler.ts'
import { collectLogsEvidence } from '../steps/collect-logs-evidence.ts'

/** Lambda for the CollectLogsEvidence state. */
export const handler = lambdaHandler({
  input: opened,
  settings: fleetSettings,
  services: (settings, platform) => ({
    fleet: readFleetFile(settings.FLEET_FILE),
    logs: awsLogs(platform),
    clock: platform.clock,
  }),
  step: collectLogsEvidence,
  keys: ({ incident }) => ({ incidentId: incident.id }),
})
