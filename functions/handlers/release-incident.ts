import { stores } from '../aws/agent-gateways.ts'
import { tableSettings } from '../aws/settings.ts'
import { releasable } from '../domain/workflow.ts'
import { lambdaHandler } from '../runtime/lambda-handler.ts'
import { releaseIncident } from '../steps/release-incident.ts'

/** Lambda for the ReleaseIncident state. */
export const handler = lambdaHandler({
  input: releasable,
  settings: tableSettings,
  services: (settings, platform) => stores(platform, settings.TABLE_NAME),
  step: releaseIncident,
  keys: ({ incident }) => ({ incidentId: incident.id }),
})
