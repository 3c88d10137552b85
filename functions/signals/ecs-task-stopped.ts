import * as z from 'zod/mini'
import type { Pool } from '../domain/fleet.ts'
import { parse } from '../domain/parse.ts'
import { agentSubject, poolsHere } from './places.ts'
import type { Reader } from './reader.ts'
import { cleanText } from './text.ts'

/** `detail` of "ECS Task State Change": the task as DescribeTasks gives it (ECS developer guide, "Task state change events"). */
const detail = z.object({
  clusterArn: z.string().check(z.regex(/^arn:[a-z-]+:ecs:/)),
  taskArn: z.string().check(z.regex(/^arn:[a-z-]+:ecs:/)),
  lastStatus: z.string(),
  group: z.optional(z.string()),
  taskDefinitionArn: z.optional(z.string()),
  stopCode: z.optional(z.string()),
  stoppedReason: z.optional(z.string()),
  containers: z._default(
    z.array(z.object({ name: z.optional(z.string()), exitCode: z.optional(z.int()), reason: z.optional(z.string()) })),
    [],
  ),
})
type StoppedTask = z.infer<typeof detail>

const belongsTo = ({ agents }: Pool, task: StoppedTask): boolean => {
  if (agents.model !== 'ecs' || task.clusterArn.split('/').at(-1) !== agents.cluster) return false
  if ('service' in agents) return task.group === `service:${agents.service}`
  const family = task.taskDefinitionArn?.split('/').at(-1)?.split(':')[0]
  return task.group === `family:${agents.family}` || (!task.group?.startsWith('service:') && family === agents.family)
}

/** A person or the scheduler meant it: a deployment, a scale-in. A task that the scheduler stopped as unhealthy is trouble. */
const onPurpose = ({ stopCode, stoppedReason = '' }: StoppedTask): boolean =>
  stopCode === 'UserInitiated' || (stopCode === 'ServiceSchedulerInitiated' && !/fail|unhealthy/i.test(stoppedReason))

export const ecsTaskStopped: Reader = {
  source: 'aws.ecs',
  detailType: 'ECS Task State Change',
  kinds: ['ecs-task-stopped'],
  hears: 'a task stopped by itself, or its service stopped it as unhealthy; the agent',
  async read(event, fleet) {
    const parsed = parse(detail, event.detail)
    if (!parsed.ok)
      return { outcome: 'rejected', reason: `detail of an ECS task state change: ${parsed.problems.join('; ')}` }
    const task = parsed.value
    const id = cleanText(task.taskArn, 300)
    if (task.lastStatus !== 'STOPPED')
      return { outcome: 'ignored', reason: `task ${id} went to ${cleanText(task.lastStatus, 50)}` }
    const pool = poolsHere(fleet, event).find((candidate) => belongsTo(candidate, task))
    if (!pool)
      return {
        outcome: 'unknown-agent',
        reason: `no pool of fleet.json has task ${id} (group ${cleanText(task.group ?? 'none', 255)})`,
      }
    const reason = cleanText(task.stoppedReason ?? 'no reason given')
    if (onPurpose(task)) return { outcome: 'ignored', reason: `task ${id} was stopped on purpose: ${reason}` }
    const exits = task.containers.map(
      ({ name, exitCode, reason: why }) =>
        `${name ?? 'container'} exit ${exitCode ?? 'unknown'}${why ? `, ${why}` : ''}`,
    )
    return {
      outcome: 'signal',
      signal: {
        eventId: event.id,
        kind: 'ecs-task-stopped',
        subject: agentSubject(pool, task.taskArn),
        at: event.time,
        source: event.source,
        summary: cleanText(`ECS task stopped: ${reason} (${exits.join('; ')})`, 500),
        details: {
          stopCode: cleanText(task.stopCode ?? ''),
          stoppedReason: reason,
          containers: cleanText(exits.join('; ')),
        },
      },
    }
  },
}
