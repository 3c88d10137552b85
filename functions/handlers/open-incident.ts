import * as z from 'zod/mini'
import { awsAgentDirectory } from '../aws/agent-directory.ts'
import { stores } from '../aws/agent-gateways.ts'
import { awsAutoScalingGroups } from '../aws/auto-scaling-groups.ts'
import { ssmChangeCalendars } from '../aws/change-calendars.ts'
import { readFleetFile } from '../aws/fleet-file.ts'
import { snsNotifier } from '../aws/notifier.ts'
import { sqsRejectedEvents } from '../aws/rejected-events.ts'
import { fleetSettings, rejectedSettings, tableSettings, topicArns, topicSettings } from '../aws/settings.ts'
import { arrived } from '../domain/workflow.ts'
import { lambdaHandler } from '../runtime/lambda-handler.ts'
import { openIncident } from '../steps/open-incident.ts'

/** Lambda for the OpenIncident state. */
export const handler = lambdaHandler({
  input: arrived,
  settings: z.object({
    ...fleetSettings.shape,
    ...tableSettings.shape,
    ...rejectedSettings.shape,
    ...topicSettings.shape,
  }),
  services: (settings, platform) => ({
    fleet: readFleetFile(settings.FLEET_FILE),
    directory: awsAgentDirectory(platform, readFleetFile(settings.FLEET_FILE), awsAutoScalingGroups(platform)),
    rejected: sqsRejectedEvents(platform, settings.REJECTED_EVENTS_QUEUE_URL),
    calendars: ssmChangeCalendars(platform),
    notifier: snsNotifier(platform, topicArns(settings)),
    ...stores(platform, settings.TABLE_NAME),
    clock: platform.clock,
  }),
  step: openIncident,
  keys: ({ execution }) => ({ execution }),
})
