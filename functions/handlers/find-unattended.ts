import * as z from 'zod/mini'
import { awsAgentDirectory } from '../aws/agent-directory.ts'
import { agentGateways, stores } from '../aws/agent-gateways.ts'
import { cloudWatchAlarms } from '../aws/alarms.ts'
import { stepFunctionsExecutions } from '../aws/executions.ts'
import { readFleetFile } from '../aws/fleet-file.ts'
import { snsNotifier } from '../aws/notifier.ts'
import { fleetSettings, tableSettings, topicArns, topicSettings, workflowSettings } from '../aws/settings.ts'
import { swept } from '../domain/sweep.ts'
import { lambdaHandler } from '../runtime/lambda-handler.ts'
import { findUnattended } from '../steps/find-unattended.ts'

/** Lambda for the FindUnattended state of the sweep. */
export const handler = lambdaHandler({
  input: swept,
  settings: z.object({
    ...fleetSettings.shape,
    ...tableSettings.shape,
    ...workflowSettings.shape,
    ...topicSettings.shape,
  }),
  services: (settings, platform) => {
    const fleet = readFleetFile(settings.FLEET_FILE)
    const gateways = agentGateways(platform)
    return {
      fleet,
      ...gateways,
      ...stores(platform, settings.TABLE_NAME),
      notifier: snsNotifier(platform, topicArns(settings)),
      alarms: cloudWatchAlarms(platform),
      directory: awsAgentDirectory(platform, fleet, gateways.groups),
      executions: stepFunctionsExecutions(platform, settings.REMEDIATE_STATE_MACHINE_ARN),
      clock: platform.clock,
    }
  },
  step: findUnattended,
})
