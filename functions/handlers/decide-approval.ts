import { stores } from '../aws/agent-gateways.ts'
import { dynamoApprovalStore } from '../aws/approval-store.ts'
import { tableSettings } from '../aws/settings.ts'
import { dynamoTable } from '../aws/table.ts'
import { stepFunctionsCallback } from '../aws/workflow-callback.ts'
import { lambdaHandler } from '../runtime/lambda-handler.ts'
import { decideApproval, decisionRequest } from '../steps/decide-approval.ts'

/** Lambda behind the decision URL: the only writer of decisions. */
export const handler = lambdaHandler({
  input: decisionRequest,
  settings: tableSettings,
  services: (settings, platform) => ({
    approvals: dynamoApprovalStore(dynamoTable(platform, settings.TABLE_NAME)),
    ...stores(platform, settings.TABLE_NAME),
    callback: stepFunctionsCallback(platform),
    clock: platform.clock,
  }),
  step: decideApproval,
})
