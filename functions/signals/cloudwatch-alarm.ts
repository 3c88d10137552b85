import * as z from 'zod/mini'
import type { AgentDirectory } from '../aws/agent-directory.ts'
import type { Subject } from '../domain/agent.ts'
import type { Fleet } from '../domain/fleet.ts'
import { parse } from '../domain/parse.ts'
import type { SignalKind } from '../domain/signal.ts'
import { agentSubject, poolOfDimensions, poolSubject, poolsHere, subjectOfHost } from './places.ts'
import type { Envelope, Reader } from './reader.ts'
import { cleanText } from './text.ts'

const metric = z.object({
  namespace: z.optional(z.string()),
  name: z.string(),
  dimensions: z._default(z.record(z.string(), z.string()), {}),
})

/** `detail` of "CloudWatch Alarm State Change" (CloudWatch user guide, "Alarm events and EventBridge"). */
const detail = z.object({
  alarmName: z.string().check(z.minLength(1)),
  state: z.object({
    value: z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']),
    reason: z.optional(z.string()),
    timestamp: z.optional(z.string()),
  }),
  configuration: z._default(
    z.object({
      alarmRule: z.optional(z.string()),
      metrics: z._default(z.array(z.object({ metricStat: z.optional(z.object({ metric })) })), []),
    }),
    { metrics: [] },
  ),
})
type Alarm = z.infer<typeof detail>

const metricsOf = ({ configuration }: Alarm) =>
  configuration.metrics.flatMap(({ metricStat }) => (metricStat ? [metricStat.metric] : []))

const isHeartbeat = (alarm: Alarm): boolean =>
  metricsOf(alarm).some(({ namespace, name }) => namespace === 'AgentMedic' && name === 'Heartbeat')

const kindOf = (alarm: Alarm): SignalKind => {
  if (alarm.configuration.alarmRule !== undefined) return 'composite-alarm'
  return isHeartbeat(alarm) ? 'heartbeat-missing' : 'metric-alarm'
}

/** By the agent that a dimension names, else by the pool that one names, else by the pool that lists the alarm's name. */
const subjectOf = async (
  alarm: Alarm,
  event: Envelope,
  fleet: Fleet,
  directory: AgentDirectory,
): Promise<Subject | null> => {
  const pools = poolsHere(fleet, event)
  const dimensions = metricsOf(alarm).map((each) => each.dimensions)
  for (const each of dimensions) {
    const id = each['AgentId'] ?? each['InstanceId']
    const named = poolOfDimensions(each, pools)
    const isHost = id !== undefined && /^(i|mi)-/.test(id)
    // A pool name in a dimension is a claim; whether the host belongs to it is asked of AWS.
    const found = isHost
      ? await subjectOfHost(id, event, fleet, directory)
      : id && named
        ? agentSubject(named, id)
        : null
    if (found) return found
    if (isHost) return null
  }
  for (const each of dimensions) {
    const named = poolOfDimensions(each, pools)
    if (named) return poolSubject(named)
  }
  const listed = pools.find(({ alarms }) => alarms.includes(alarm.alarmName))
  return listed ? poolSubject(listed) : null
}

/**
 * Metric, metric-math, anomaly-detection and composite alarms. Only the way into ALARM asks for anything; missing data
 * asks through alarms that treat it as breaching, as the heartbeat's does.
 */
export const cloudwatchAlarm: Reader = {
  source: 'aws.cloudwatch',
  detailType: 'CloudWatch Alarm State Change',
  async read(event, fleet, directory) {
    const parsed = parse(detail, event.detail)
    if (!parsed.ok)
      return { outcome: 'rejected', reason: `detail of an alarm state change: ${parsed.problems.join('; ')}` }
    const alarm = parsed.value
    const name = cleanText(alarm.alarmName, 255)
    if (alarm.state.value !== 'ALARM')
      return { outcome: 'ignored', reason: `alarm "${name}" went to ${alarm.state.value}` }
    const subject = await subjectOf(alarm, event, fleet, directory)
    if (!subject)
      return {
        outcome: 'unknown-agent',
        reason: `alarm "${name}" names no agent or pool of fleet.json in ${event.account} ${event.region}; add its name to the pool's "alarms" if it should`,
      }
    const reason = cleanText(alarm.state.reason ?? '')
    return {
      outcome: 'signal',
      signal: {
        eventId: event.id,
        kind: kindOf(alarm),
        subject,
        at: event.time,
        source: event.source,
        summary: cleanText(`Alarm "${name}" is in ALARM${reason ? `: ${reason}` : ''}`, 500),
        details: { alarmName: name, reason, alarmArn: cleanText(event.resources[0] ?? '') },
      },
    }
  },
}
