import * as z from 'zod/mini'
import type { SignalKind } from '../domain/signal.ts'
import { cleanText } from './text.ts'

const dimensions = z._default(z.record(z.string(), z.string()), {})
const metric = z.object({ namespace: z.optional(z.string()), name: z.string(), dimensions })

/**
 * `detail` of the state changes of alarms (CloudWatch user guide, "Alarm events and EventBridge"). A series of an alarm
 * over a query is told apart, with `alarmContributor` and without `previousState`.
 */
export const alarmDetail = z.object({
  alarmName: z.string().check(z.minLength(1)),
  alarmContributor: z.optional(z.object({ id: z.string(), attributes: dimensions })),
  state: z.object({
    value: z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']),
    reason: z.optional(z.string()),
    timestamp: z.optional(z.string()),
    actionsSuppressedBy: z.optional(z.string()),
    actionsSuppressedReason: z.optional(z.string()),
  }),
  configuration: z._default(
    z.object({
      alarmRule: z.optional(z.string()),
      metrics: z._default(
        z.array(z.object({ expression: z.optional(z.string()), metricStat: z.optional(z.object({ metric })) })),
        [],
      ),
    }),
    { metrics: [] },
  ),
  muteDetail: z.optional(z.object({ mutedByArn: z.optional(z.string()), muteWindowEnd: z.optional(z.string()) })),
})
export type AlarmDetail = z.infer<typeof alarmDetail>

export const metricsOf = ({ configuration }: AlarmDetail) =>
  configuration.metrics.flatMap(({ metricStat }) => (metricStat ? [metricStat.metric] : []))

/** A Metrics Insights query with a series per agent or pool. */
export const isGrouped = ({ configuration }: AlarmDetail): boolean =>
  configuration.metrics.some(({ expression = '' }) => /^\s*SELECT\b[\s\S]*\bGROUP BY\b/i.test(expression))

const heartbeatQuery = /\bHeartbeat\b[\s\S]*\bFROM\b[\s\S]*AgentMedic/i

const isHeartbeat = (alarm: AlarmDetail): boolean =>
  metricsOf(alarm).some(({ namespace, name }) => namespace === 'AgentMedic' && name === 'Heartbeat') ||
  alarm.configuration.metrics.some(({ expression = '' }) => heartbeatQuery.test(expression))

export const kindOfAlarm = (alarm: AlarmDetail): SignalKind => {
  if (alarm.configuration.alarmRule !== undefined) return 'composite-alarm'
  return isHeartbeat(alarm) ? 'heartbeat-missing' : 'metric-alarm'
}

/** Why this state of the alarm asks for nothing; null when it does. */
export const needsNobody = ({ alarmName, state, muteDetail }: AlarmDetail): string | null => {
  const name = cleanText(alarmName, 255)
  if (state.value !== 'ALARM') return `alarm "${name}" went to ${state.value}`
  // Whoever muted the alarm does not want its actions; ours is one.
  if (muteDetail) return `alarm "${name}" is muted until ${cleanText(muteDetail.muteWindowEnd ?? 'its rule ends', 50)}`
  // WaitPeriod is left out: the suppressor has not spoken yet.
  if (state.actionsSuppressedBy === 'Alarm' || state.actionsSuppressedBy === 'ExtensionPeriod')
    return `the actions of alarm "${name}" are suppressed: ${cleanText(state.actionsSuppressedReason ?? '', 200)}`
  return null
}
