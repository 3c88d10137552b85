import {
  type CompositeAlarm,
  DescribeAlarmsCommand,
  type Dimension,
  type MetricAlarm,
} from '@aws-sdk/client-cloudwatch'
import type { Platform } from '../runtime/platform.ts'
import { cloudWatchClient } from './clients.ts'
import { guarded } from './failures.ts'

/** An alarm as its state-change event's `detail` would tell it, so that one reader serves both. */
export interface AlarmView {
  arn: string
  since: string
  detail: Record<string, unknown>
}

/** CloudWatch alarms as they stand now. */
export interface Alarms {
  /** Metric and composite alarms in ALARM, all pages of them. */
  inAlarm(): Promise<AlarmView[]>
}

const dimensionsOf = (dimensions: Dimension[] = []): Record<string, string> =>
  Object.fromEntries(dimensions.map(({ Name = '', Value = '' }) => [Name, Value]))

/** A plain alarm names its metric beside itself, one over metric math in its list of queries. */
const metricsOf = ({ Namespace, MetricName, Dimensions, Metrics = [] }: MetricAlarm): object[] => {
  if (MetricName)
    return [
      { metricStat: { metric: { namespace: Namespace, name: MetricName, dimensions: dimensionsOf(Dimensions) } } },
    ]
  return Metrics.flatMap(({ MetricStat }) => {
    const { Namespace: namespace, MetricName: name, Dimensions: of } = MetricStat?.Metric ?? {}
    return name ? [{ metricStat: { metric: { namespace, name, dimensions: dimensionsOf(of) } } }] : []
  })
}

const viewOf = (alarm: MetricAlarm | CompositeAlarm, configuration: object): AlarmView => ({
  arn: alarm.AlarmArn ?? '',
  since: (alarm.StateTransitionedTimestamp ?? alarm.StateUpdatedTimestamp ?? new Date(0)).toISOString(),
  detail: {
    alarmName: alarm.AlarmName ?? '',
    state: { value: 'ALARM', reason: alarm.StateReason ?? '' },
    configuration,
  },
})

export const cloudWatchAlarms = (platform: Platform): Alarms => ({
  async inAlarm() {
    const found: AlarmView[] = []
    let NextToken: string | undefined
    do {
      const page = await guarded(() =>
        cloudWatchClient(platform).send(
          new DescribeAlarmsCommand({
            StateValue: 'ALARM',
            AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
            MaxRecords: 100,
            ...(NextToken ? { NextToken } : {}),
          }),
        ),
      )
      for (const alarm of page.MetricAlarms ?? []) found.push(viewOf(alarm, { metrics: metricsOf(alarm) }))
      for (const alarm of page.CompositeAlarms ?? [])
        found.push(viewOf(alarm, { alarmRule: alarm.AlarmRule ?? '', metrics: [] }))
      NextToken = page.NextToken
    } while (NextToken)
    return found
  },
})
