import { parse } from '../domain/parse.ts'
import { alarmDetail, isGrouped, kindOfAlarm, metricsOf, needsNobody } from './alarm-detail.ts'
import { subjectOfAlarm } from './alarm-subject.ts'
import type { Envelope, Reader } from './reader.ts'
import { ignored, rejected, tell } from './tell.ts'
import { cleanText } from './text.ts'

/** What both readers of alarms do; they differ in where the series are named. */
const readAlarm =
  (what: string): Reader['read'] =>
  async (event: Envelope, fleet, directory) => {
    const parsed = parse(alarmDetail, event.detail)
    if (!parsed.ok) return rejected(`detail of ${what}`, parsed.problems)
    const alarm = parsed.value
    const { alarmContributor: contributor } = alarm
    const name = cleanText(alarm.alarmName, 255)
    const quiet = needsNobody(alarm)
    if (quiet) return ignored(quiet)
    const series = contributor ? [contributor.attributes] : metricsOf(alarm).map((each) => each.dimensions)
    const subject = await subjectOfAlarm(alarm.alarmName, series, event, fleet, directory)
    // Its series come one by one, and name their agents. A pool that lists the alarm asked to hear of the whole as well.
    if (!subject && !contributor && isGrouped(alarm))
      return ignored(`alarm "${name}" has many series, each of which is told by itself`)
    const reason = cleanText(alarm.state.reason ?? '')
    return tell(event, {
      kind: kindOfAlarm(alarm),
      subjects: [subject],
      summary: `Alarm "${name}" is in ALARM${reason ? `: ${reason}` : ''}`,
      details: {
        alarmName: name,
        reason,
        alarmArn: event.resources[0],
        ...(contributor ? { contributor: contributor.id } : {}),
      },
      unknown: `alarm "${name}" names no agent or pool of fleet.json in ${event.account} ${event.region}; add its name to the pool's "alarms" if it should`,
    })
  }

/**
 * Metric, metric-math, anomaly-detection, query and composite alarms. Only the way into ALARM asks for anything; missing
 * data asks through alarms that treat it as breaching, as the heartbeat's does.
 */
export const cloudwatchAlarm: Reader = {
  source: 'aws.cloudwatch',
  detailType: 'CloudWatch Alarm State Change',
  kinds: ['heartbeat-missing', 'metric-alarm', 'composite-alarm'],
  hears: 'an alarm goes to ALARM; the agent or pool of its dimensions, else the pool that lists it in `alarms`',
  read: readAlarm('an alarm state change'),
}

/** One series of an alarm over a Metrics Insights query; the first 100 that are in ALARM are told. */
export const alarmContributor: Reader = {
  source: 'aws.cloudwatch',
  detailType: 'CloudWatch Alarm Contributor State Change',
  kinds: ['heartbeat-missing', 'metric-alarm'],
  hears: 'a series of an alarm over a query goes to ALARM; the agent or pool of its attributes',
  read: readAlarm('a contributor state change'),
}
