import * as z from 'zod/mini'
import { actions } from '../actions/index.ts'
import { stores } from '../aws/agent-gateways.ts'
import { awsAutoScalingGroups } from '../aws/auto-scaling-groups.ts'
import { readFleetFile } from '../aws/fleet-file.ts'
import { snsNotifier } from '../aws/notifier.ts'
import { sqsRejectedEvents } from '../aws/rejected-events.ts'
import { s3ReportStore } from '../aws/report-store.ts'
import {
  fleetSettings,
  rejectedSettings,
  reportSettings,
  tableSettings,
  topicArns,
  topicSettings,
} from '../aws/settings.ts'
import { lambdaHandler } from '../runtime/lambda-handler.ts'
import { closeIncident, executionEnded } from '../steps/close-incident.ts'

/** Lambda for "Step Functions Execution Status Change" of the workflow: FAILED, TIMED_OUT, ABORTED. */
export const handler = lambdaHandler({
  input: executionEnded,
  settings: z.object({
    ...fleetSettings.shape,
    ...tableSettings.shape,
    ...reportSettings.shape,
    ...topicSettings.shape,
    ...rejectedSettings.shape,
  }),
  services: (settings, platform) => ({
    fleet: readFleetFile(settings.FLEET_FILE),
    ...stores(platform, settings.TABLE_NAME),
    groups: awsAutoScalingGroups(platform),
    reports: s3ReportStore(platform, settings.REPORTS_BUCKET),
    notifier: snsNotifier(platform, topicArns(settings)),
    rejected: sqsRejectedEvents(platform, settings.REJECTED_EVENTS_QUEUE_URL),
    undoOf: (kind) => actions[kind].undo,
    bucket: settings.REPORTS_BUCKET,
    clock: platform.clock,
  }),
  step: closeIncident,
  keys: ({ detail }) => ({ execution: detail.executionArn }),
})
