import * as z from 'zod/mini'
import type { Platform } from '../runtime/platform.ts'
import { stores } from './agent-gateways.ts'
import { awsAutoScalingGroups } from './auto-scaling-groups.ts'
import { readFleetFile } from './fleet-file.ts'
import { snsNotifier } from './notifier.ts'
import { sqsRejectedEvents } from './rejected-events.ts'
import { s3ReportStore } from './report-store.ts'
import { fleetSettings, rejectedSettings, reportSettings, tableSettings, topicArns, topicSettings } from './settings.ts'

export const closingSettings = z.object({
  ...fleetSettings.shape,
  ...tableSettings.shape,
  ...reportSettings.shape,
  ...topicSettings.shape,
  ...rejectedSettings.shape,
})

/** What closing an incident takes, for the closing rule and for the sweep. */
export const closingServices = (settings: z.infer<typeof closingSettings>, platform: Platform) => ({
  fleet: readFleetFile(settings.FLEET_FILE),
  ...stores(platform, settings.TABLE_NAME),
  groups: awsAutoScalingGroups(platform),
  reports: s3ReportStore(platform, settings.REPORTS_BUCKET),
  notifier: snsNotifier(platform, topicArns(settings)),
  rejected: sqsRejectedEvents(platform, settings.REJECTED_EVENTS_QUEUE_URL),
  bucket: settings.REPORTS_BUCKET,
  clock: platform.clock,
})
