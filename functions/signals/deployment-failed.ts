import * as z from 'zod/mini'
import { parse } from '../domain/parse.ts'
import { poolSubject, poolsNeeding, subjectOfHost } from './places.ts'
import type { Reader } from './reader.ts'
import { ignored, rejected, tell } from './tell.ts'

/** `detail` of both events (CodeDeploy user guide, "Monitoring deployments with Amazon CloudWatch Events"). */
const detail = z.object({
  application: z.string(),
  deploymentGroup: z.string(),
  deploymentId: z.string(),
  state: z.string(),
  instanceId: z.optional(z.string()),
})

const deploymentReader = (detailType: string, hears: string, of: 'instance' | 'group'): Reader => ({
  source: 'aws.codedeploy',
  detailType,
  kinds: ['deployment-failed'],
  hears,
  async read(event, fleet, directory) {
    const parsed = parse(detail, event.detail)
    if (!parsed.ok) return rejected(`detail of "${detailType}"`, parsed.problems)
    const { application, deploymentGroup, deploymentId, state, instanceId } = parsed.value
    if (of === 'instance' && instanceId === undefined)
      return rejected(`"${detailType}"`, ['detail.instanceId is missing'])
    const where = `${deploymentId} to ${instanceId ?? `${application}/${deploymentGroup}`}`
    if (state !== 'FAILURE') return ignored(`deployment ${where} is ${state}`)
    const suffix = `:codedeploy:${event.region}:${event.account}:deploymentgroup:${application}/${deploymentGroup}`
    const pools = poolsNeeding(fleet, event, (arn) => arn.endsWith(suffix)).map(poolSubject)
    const subjects = of === 'instance' ? [await subjectOfHost(instanceId ?? '', event, fleet, directory)] : pools
    return tell(event, {
      kind: 'deployment-failed',
      subjects,
      summary: `Deployment ${where} failed`,
      details: { deployment: deploymentId, application, deploymentGroup },
      unknown: `no pool of fleet.json in ${event.account} ${event.region} has or needs the target of deployment ${where}`,
    })
  },
})

export const deploymentFailed = deploymentReader(
  'CodeDeploy Deployment State-change Notification',
  'a deployment to a group in `dependsOn` failed; each pool',
  'group',
)

export const instanceDeploymentFailed = deploymentReader(
  'CodeDeploy Instance State-change Notification',
  'a deployment failed on one host; the agent',
  'instance',
)
