import * as z from 'zod/mini'
import { readFleetFile } from '../aws/fleet-file.ts'
import { awsInstances } from '../aws/instances.ts'
import { dynamoLeaseStore } from '../aws/lease-store.ts'
import { awsMetrics } from '../aws/metrics.ts'
import { fleetSettings, tableSettings } from '../aws/settings.ts'
import { dynamoTable } from '../aws/table.ts'
import { awsTasks } from '../aws/tasks.ts'
import { decided } from '../domain/workflow.ts'
import { lambdaHandler } from '../runtime/lambda-handler.ts'
import { marked } from '../steps/marked.ts'
import { recheckPlan } from '../steps/recheck-plan.ts'

/** Lambda for the RecheckPlan state. */
export const handler = lambdaHandler({
  input: decided,
  settings: z.extend(fleetSettings, tableSettings.shape),
  services: (settings, platform) => ({
    fleet: readFleetFile(settings.FLEET_FILE),
    instances: awsInstances(platform),
    tasks: awsTasks(platform),
    metrics: awsMetrics(platform, platform.clock),
    leases: dynamoLeaseStore(dynamoTable(platform, settings.TABLE_NAME), platform.clock),
    clock: platform.clock,
  }),
  step: marked({ before: 'gate', during: 'plan' }, recheckPlan),
  keys: ({ incident }) => ({ incidentId: incident.id }),
})
