import type { Evidence } from '../domain/evidence.ts'
import type { Fact } from '../domain/finding.ts'
import { ec2Of, ecsOf, fact, fullestDisk, hostOf, metricsOf } from './facts.ts'
import { insufficient, matched, notMatched, type Rule, type RuleContext } from './rule.ts'

const cause = 'healthy-false-alarm'

/** A task is well when it runs, or when its service runs all the tasks that it wants. */
const judgeTask = (evidence: Evidence) => {
  const task = ecsOf(evidence)
  if (!task) return insufficient(cause, ['platform'], 'ECS could not be read')
  const runs = task.lastStatus === 'RUNNING' && task.healthStatus !== 'UNHEALTHY'
  const served = task.service !== null && task.service.desired > 0 && task.service.running >= task.service.desired
  if (!runs && !served)
    return notMatched(cause, `the task is ${task.lastStatus}, health ${task.healthStatus ?? 'not reported'}`)
  return matched(cause, 0.85, [
    fact('task', task.lastStatus, 'ecs-api'),
    ...(task.service
      ? [
          fact(
            `service ${task.service.name}`,
            `${task.service.running} of ${task.service.desired} tasks run`,
            'ecs-api',
          ),
        ]
      : []),
  ])
}

/** What speaks against a host's health, each missing fact among it. */
const objections = (
  evidence: Evidence,
  { pool }: RuleContext,
): { missing: string[]; wrong: string[]; facts: Fact[] } => {
  const missing: string[] = []
  const wrong: string[] = []
  const facts: Fact[] = []
  const seen = hostOf(evidence)
  if ('reason' in seen) missing.push('host')
  else {
    const { service } = seen.probe
    const disk = fullestDisk(seen.probe)
    if (service.state !== 'active') wrong.push(`unit ${service.unit} is ${service.state ?? 'not known'}`)
    if (!disk) missing.push('host.disks')
    else if (disk.usedPercent >= 95) wrong.push(`${disk.mount} is ${disk.usedPercent} % full`)
    facts.push(fact(`unit ${service.unit}`, service.state ?? 'not known', 'ssm'))
  }
  const age = metricsOf(evidence)?.heartbeat.lastSeenSecondsAgo
  if (age === undefined) missing.push('metrics.heartbeat')
  else if (age === null || age > pool.thresholds.heartbeatSeconds) wrong.push('no fresh heartbeat')
  else facts.push(fact('last heartbeat', `${age} s ago`, 'metrics'))
  const ec2 = ec2Of(evidence)
  if (evidence.platform.status === 'unavailable') missing.push('platform')
  else if (ec2 && (ec2.state !== 'running' || ec2.systemStatus !== 'ok' || ec2.instanceStatus !== 'ok'))
    wrong.push(`instance ${ec2.state}, checks ${ec2.systemStatus} and ${ec2.instanceStatus}`)
  else if (ec2?.instanceProfileArn === null && pool.instanceProfileArn) wrong.push('no instance profile')
  return { missing, wrong, facts }
}

/**
 * Everything that can be seen is well: the alarm was stale, or the agent mended itself. It takes host, heartbeat and
 * platform together; what is missing never reads as healthy.
 */
export const healthyFalseAlarm: Rule = {
  cause,
  explains: [],
  judge(evidence, context) {
    if (context.pool.agents.model === 'ecs') return judgeTask(evidence)
    const { missing, wrong, facts } = objections(evidence, context)
    if (wrong.length > 0) return notMatched(cause, wrong.join('; '))
    if (missing.length > 0) return insufficient(cause, missing, `not seen: ${missing.join(', ')}`)
    return matched(cause, 0.9, facts)
  },
}
