import * as z from 'zod/mini'
import type { AgentDirectory } from '../aws/agent-directory.ts'
import type { AgentModel, Subject } from '../domain/agent.ts'
import type { Fleet } from '../domain/fleet.ts'
import { parse } from '../domain/parse.ts'
import { lastPart, poolOfProject, poolOfService, poolSubject, poolsHere, subjectOfHost } from './places.ts'
import type { Envelope, Reader } from './reader.ts'
import { ignored, rejected, tell } from './tell.ts'

/** `detail` of "AWS Health Event" (AWS Health user guide, "AWS Health events Amazon EventBridge schema"). */
const detail = z.object({
  eventArn: z.string(),
  service: z.string().check(z.minLength(1)),
  eventTypeCode: z.string(),
  eventTypeCategory: z.enum(['issue', 'accountNotification', 'investigation', 'scheduledChange']),
  eventRegion: z.optional(z.string()),
  affectedAccount: z.optional(z.string()),
  statusCode: z.optional(z.enum(['open', 'closed', 'upcoming'])),
  startTime: z.optional(z.string()),
  eventDescription: z._default(z.array(z.object({ language: z.string(), latestDescription: z.string() })), []),
  affectedEntities: z._default(z.array(z.object({ entityValue: z.string() })), []),
})
type HealthEvent = z.infer<typeof detail>

/** Whose agents a trouble of the whole service is. */
const modelsOf: Record<string, readonly AgentModel[]> = {
  EC2: ['ec2'],
  AUTOSCALING: ['ec2'],
  ECS: ['ecs'],
  FARGATE: ['ecs'],
  CODEBUILD: ['codebuild'],
  SSM: ['ec2', 'hybrid'],
  CODEPIPELINE: ['ec2', 'ecs', 'codebuild', 'hybrid'],
  CODEDEPLOY: ['ec2', 'hybrid'],
  IAM: ['ec2', 'ecs', 'codebuild', 'hybrid'],
}

const entitySubject = async (
  value: string,
  event: Envelope,
  fleet: Fleet,
  directory: AgentDirectory,
): Promise<Subject | null> => {
  const host = await subjectOfHost(lastPart(value), event, fleet, directory)
  if (host) return host
  const [cluster = '', service = ''] = value.split('/').slice(-2)
  const pool = poolOfService(fleet, event, cluster, service) ?? poolOfProject(fleet, event, lastPart(value))
  return pool ? poolSubject(pool) : null
}

const wholeService = ({ service }: HealthEvent, event: Envelope, fleet: Fleet): Subject[] =>
  poolsHere(fleet, event)
    .filter(({ agents }) => modelsOf[service]?.includes(agents.model))
    .map(poolSubject)

/** Trouble or planned work of AWS itself. Its copy in a second region names the region that it is about, and is left out. */
export const healthEvent: Reader = {
  source: 'aws.health',
  detailType: 'AWS Health Event',
  kinds: ['health-issue', 'health-scheduled-change'],
  hears: 'AWS has an issue or plans work; the agents and services that it names, else each pool of the service',
  async read(event, fleet, directory) {
    const parsed = parse(detail, event.detail)
    if (!parsed.ok) return rejected('detail of a Health event', parsed.problems)
    const health = parsed.value
    const { eventTypeCategory: category, eventTypeCode: code, eventRegion, statusCode, affectedAccount } = health
    if (category !== 'issue' && category !== 'scheduledChange') return ignored(`${code} is of category ${category}`)
    if (statusCode === 'closed') return ignored(`${code} is over`)
    if (affectedAccount && affectedAccount !== event.account)
      return ignored(`${code} is about account ${affectedAccount}`)
    if (eventRegion && eventRegion !== event.region && eventRegion !== 'global')
      return ignored(`${code} is about ${eventRegion}, and is told there`)
    const entities = health.affectedEntities.map(({ entityValue }) => entityValue)
    const subjects =
      entities.length > 0
        ? await Promise.all(entities.map((each) => entitySubject(each, event, fleet, directory)))
        : wholeService(health, event, fleet)
    const text = health.eventDescription[0]?.latestDescription ?? ''
    return tell(event, {
      kind: category === 'issue' ? 'health-issue' : 'health-scheduled-change',
      subjects,
      summary: `AWS Health: ${code}${health.startTime ? ` from ${health.startTime}` : ''}: ${text}`,
      details: { code, service: health.service, eventArn: health.eventArn, from: health.startTime, text },
      unknown: `${code} names nothing of fleet.json in ${event.account} ${event.region}`,
    })
  },
}
