import { dynamoApprovalStore } from '../aws/approval-store.ts'
import { tableSettings } from '../aws/settings.ts'
import { dynamoTable } from '../aws/table.ts'
import { stepFunctionsCallback } from '../aws/workflow-callback.ts'
import { swept } from '../domain/sweep.ts'
import { lambdaHandler } from '../runtime/lambda-handler.ts'
import { repeatDecisions } from '../steps/repeat-decisions.ts'

/** Lambda for the RepeatDecisions state of the sweep. */
export const handler = lambdaHandler({
  input: swept,
  settings: tableSettings,
  services: (settings, platform) => ({
    approvals: dynamoApprovalStore(dynamoTable(platform, settings.TABLE_NAME)),
    callback: stepFunctionsCallback(platform),
    clock: platform.clock,
  }),
  step: repeatDecisions,
})
