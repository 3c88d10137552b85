import { readFleetFile } from '../aws/fleet-file.ts'
import { awsMetrics } from '../aws/metrics.ts'
import { fleetSettings } from '../aws/settings.ts'
import { opened } from '../domain/workflow.ts'
import { lambdaHandler } from '../runtime/lambda-handler.ts'
import { collectMetricsEvidence } from '../steps/collect-metrics-evidence.ts'

/** Lambda for the CollectMetricsEvidence state. */
export const handler = lambdaHandler({
  input: opened,
  settings: fleetSettings,
  services: (settings, platform) => ({
    fleet: readFleetFile(settings.FLEET_FILE),
    metrics: awsMetrics(platform, platform.clock),
    clock: platform.clock,
  }),
  step: collectMetricsEvidence,
  keys: ({ incident }) => ({ incidentId: incident.id }),
})
