import { awsAutoScalingGroups } from '../aws/auto-scaling-groups.ts'
import { readFleetFile } from '../aws/fleet-file.ts'
import { awsInstances } from '../aws/instances.ts'
import { awsManagedNodes } from '../aws/managed-nodes.ts'
import { fleetSettings } from '../aws/settings.ts'
import { awsTasks } from '../aws/tasks.ts'
import { opened } from '../domain/workflow.ts'
import { lambdaHandler } from '../runtime/lambda-handler.ts'
import { collectPlatformEvidence } from '../steps/collect-platform-evidence.ts'

/** Lambda for the CollectPlatformEvidence state. */
export const handler = lambdaHandler({
  input: opened,
  settings: fleetSettings,
  services: (settings, platform) => ({
    fleet: readFleetFile(settings.FLEET_FILE),
    instances: awsInstances(platform),
    groups: awsAutoScalingGroups(platform),
    nodes: awsManagedNodes(platform),
    tasks: awsTasks(platform),
    clock: platform.clock,
  }),
  step: collectPlatformEvidence,
  keys: ({ incident }) => ({ incidentId: incident.id }),
})
