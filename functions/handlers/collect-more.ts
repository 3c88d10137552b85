import * as z from 'zod/mini'
import { awsInstances } from '../aws/instances.ts'
import { type Diagnosed, diagnosed } from '../domain/workflow.ts'
import { collectConsole } from '../evidence/console.ts'
import { lambdaHandler } from '../runtime/lambda-handler.ts'
import { collectMore } from '../steps/collect-more.ts'

/** Lambda for the CollectMore state. */
export const handler = lambdaHandler({
  input: diagnosed,
  settings: z.object({}),
  services: (_settings, platform) => ({
    collectors: {
      console: ({ incident }: Diagnosed) => collectConsole(incident.subject, awsInstances(platform), platform.clock),
    },
  }),
  step: collectMore,
  keys: ({ incident }) => ({ incidentId: incident.id }),
})
