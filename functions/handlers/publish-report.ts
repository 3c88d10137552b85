import * as z from 'zod/mini'
import { stores } from '../aws/agent-gateways.ts'
import { readFleetFile } from '../aws/fleet-file.ts'
import { snsNotifier } from '../aws/notifier.ts'
import { s3ReportStore } from '../aws/report-store.ts'
import { fleetSettings, reportSettings, tableSettings, topicArns, topicSettings } from '../aws/settings.ts'
import { reportable } from '../domain/workflow.ts'
import { lambdaHandler } from '../runtime/lambda-handler.ts'
import { marked } from '../steps/marked.ts'
import { publishReport } from '../steps/publish-report.ts'

/** Lambda for the PublishReport state. */
export const handler = lambdaHandler({
  input: reportable,
  settings: z.extend(z.extend(z.extend(fleetSettings, tableSettings.shape), reportSettings.shape), topicSettings.shape),
  services: (settings, platform) => ({
    fleet: readFleetFile(settings.FLEET_FILE),
    ...stores(platform, settings.TABLE_NAME),
    reports: s3ReportStore(platform, settings.REPORTS_BUCKET),
    notifier: snsNotifier(platform, topicArns(settings)),
    bucket: settings.REPORTS_BUCKET,
    clock: platform.clock,
  }),
  step: marked({ during: 'report' }, publishReport),
  keys: ({ incident }) => ({ incidentId: incident.id }),
})
