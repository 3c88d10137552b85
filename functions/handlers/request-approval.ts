import * as z from 'zod/mini'
import { stores } from '../aws/agent-gateways.ts'
import { dynamoApprovalStore } from '../aws/approval-store.ts'
import { readFleetFile } from '../aws/fleet-file.ts'
import { snsNotifier } from '../aws/notifier.ts'
import { fleetSettings, tableSettings, topicArns, topicSettings } from '../aws/settings.ts'
import { dynamoTable } from '../aws/table.ts'
import { approvalRequested } from '../domain/workflow.ts'
import { lambdaHandler } from '../runtime/lambda-handler.ts'
import { requestApproval } from '../steps/request-approval.ts'

/** Lambda for the RequestApproval state. */
export const handler = lambdaHandler({
  input: approvalRequested,
  settings: z.extend(z.extend(fleetSettings, tableSettings.shape), topicSettings.shape),
  services: (settings, platform) => ({
    fleet: readFleetFile(settings.FLEET_FILE),
    approvals: dynamoApprovalStore(dynamoTable(platform, settings.TABLE_NAME)),
    ...stores(platform, settings.TABLE_NAME),
    notifier: snsNotifier(platform, topicArns(settings)),
    clock: platform.clock,
  }),
  step: requestApproval,
  keys: ({ state }) => ({ incidentId: state.incident.id }),
})
