import { stores } from '../aws/agent-gateways.ts'
import { dynamoApprovalStore } from '../aws/approval-store.ts'
import { tableSettings } from '../aws/settings.ts'
import { dynamoTable } from '../aws/table.ts'
import { planned } from '../domain/workflow.ts'
import { lambdaHandler } from '../runtime/lambda-handler.ts'
import { expireApproval } from '../steps/expire-approval.ts'
import { marked } from '../steps/marked.ts'

/** Lambda for the ExpireApproval state. */
export const handler = lambdaHandler({
  input: planned,
  settings: tableSettings,
  services: (settings, platform) => ({
    approvals: dynamoApprovalStore(dynamoTable(platform, settings.TABLE_NAME)),
    ...stores(platform, settings.TABLE_NAME),
    clock: platform.clock,
  }),
  step: marked({ before: 'gate', during: 'gate' }, expireApproval),
  keys: ({ incident }) => ({ incidentId: incident.id }),
})
