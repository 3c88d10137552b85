import * as z from 'zod/mini'
import { parse } from '../domain/parse.ts'
import type { SignalKind } from '../domain/signal.ts'
import { poolOfService, poolSubject } from './places.ts'
import type { Reader } from './reader.ts'
import { ignored, rejected, tell } from './tell.ts'

/**
 * `detail` of "ECS Service Action" and "ECS Deployment State Change" (ECS developer guide, "Amazon ECS service action
 * events", "Amazon ECS service deployment state change events"). The service stands in `resources` alone.
 */
const detail = z.object({
  eventType: z.enum(['INFO', 'WARN', 'ERROR']),
  eventName: z.string().check(z.minLength(1)),
  deploymentId: z.optional(z.string()),
  reason: z.optional(z.string()),
})

const serviceReader = (detailType: string, kind: SignalKind, hears: string): Reader => ({
  source: 'aws.ecs',
  detailType,
  kinds: [kind],
  hears,
  async read(event, fleet) {
    const parsed = parse(detail, event.detail)
    if (!parsed.ok) return rejected(`detail of "${detailType}"`, parsed.problems)
    const { eventType, eventName, reason, deploymentId } = parsed.value
    const service = event.resources.find((arn) => /:service\/[^/]+\/[^/]+$/.test(arn))
    if (!service) return rejected(`"${detailType}"`, ['resources names no service'])
    if (eventType === 'INFO') return ignored(`${eventName} of ${service}`)
    const [cluster = '', name = ''] = service.split('/').slice(-2)
    const pool = poolOfService(fleet, event, cluster, name)
    return tell(event, {
      kind,
      subjects: [pool ? poolSubject(pool) : null],
      summary: `Service ${name}: ${eventName}${reason ? `: ${reason}` : ''}`,
      details: { eventName, reason, deployment: deploymentId },
      unknown: `no pool of fleet.json in ${event.account} ${event.region} has service ${name} of cluster ${cluster}`,
    })
  },
})

export const ecsServiceImpaired = serviceReader(
  'ECS Service Action',
  'ecs-service-impaired',
  'a service can not place or start its tasks (WARN, ERROR); the pool',
)

export const ecsDeploymentFailed = serviceReader(
  'ECS Deployment State Change',
  'ecs-deployment-failed',
  'a deployment of the service failed; the pool',
)
