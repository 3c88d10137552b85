import type { AgentRecords } from '../aws/agent-records.ts'
import type { IncidentStore } from '../aws/incident-store.ts'
import type { Notifier } from '../aws/notifier.ts'
import type { ReportStore } from '../aws/report-store.ts'
import type { Storms } from '../aws/storms.ts'
import { poolNameOf, poolOf } from '../domain/agent.ts'
import { ReportNotPublishedError } from '../domain/errors.ts'
import type { Fleet } from '../domain/fleet.ts'
import { poolNamed } from '../domain/load-fleet.ts'
import { earlyWarnings } from '../domain/signal.ts'
import type { Storm } from '../domain/storm.ts'
import type { Clock } from '../domain/time.ts'
import type { Reportable, Reported } from '../domain/workflow.ts'
import { buildReport } from '../report/build-report.ts'
import { renderMarkdown } from '../report/markdown.ts'
import { reportMessage, topicOf } from '../report/messages.ts'
import { closureOf, replacementOf } from './closure.ts'
import { noteInStorm } from './storms.ts'

export interface PublishServices {
  fleet: Fleet
  incidents: IncidentStore
  records: AgentRecords
  storms: Storms
  reports: ReportStore
  notifier: Notifier
  bucket: string
  clock: Clock
}

/**
 * Writes the report, closes the incident and tells people. Every channel is tried, whatever befalls another. A message is
 * published before it is marked as sent: a function that dies in between tells twice, which beats not at all. When nobody
 * could be told, it throws ReportNotPublishedError, and the state tries again later.
 */
export const publishReport =
  (services: PublishServices) =>
  async (state: Reportable): Promise<Reported> => {
    const { fleet, incidents, reports, notifier, clock, bucket } = services
    const { incident } = state
    const closedAt = clock.now().toISOString()
    const channels: string[] = []
    const problems: string[] = []
    const attempt = async (channel: string, work: () => Promise<void>): Promise<void> => {
      try {
        await work()
        channels.push(channel)
      } catch (error) {
        problems.push(`${channel}: ${error instanceof Error ? error.message : String(error)}`)
      }
    }

    let timeline: Awaited<ReturnType<IncidentStore['timeline']>> = []
    await attempt('timeline', async () => {
      timeline = await incidents.timeline(incident.id)
    })
    const pool = poolNamed(fleet, poolNameOf(incident.subject))
    const report = buildReport(state, pool, timeline, closedAt, bucket)
    let key: string | null = null
    await attempt('s3', async () => {
      await reports.put(incident.id, 'report.json', JSON.stringify(report, null, 2))
      key = await reports.put(incident.id, 'report.md', renderMarkdown(report))
    })
    // What a guardrail or a failure of ours kept from happening is taken up again by the sweep, after its cooldown.
    if (report.outcome === 'refused' || report.outcome === 'failed')
      await attempt('due', () =>
        incidents.markDue({
          signal: incident.signal,
          reason: `${incident.id} ended as ${report.outcome}: ${report.reason ?? ''}`.slice(0, 500),
          at: closedAt,
          notBefore: null,
        }),
      )
    let storm: Storm | undefined
    await attempt('storm', async () => {
      if (incident.subject.kind !== 'agent') return
      const works = report.outcome === 'recovered' || report.outcome === 'false-alarm'
      storm = await services.storms.ended(incident.subject.agent, works)
    })
    await attempt('record', async () => {
      // Whoever only had to wait for his turn in a storm is not cooled down for it.
      // Nor for a warning: trouble that comes after it is taken up at once.
      if (!(storm && report.outcome === 'refused') && !earlyWarnings.has(incident.signal.kind))
        await services.records.closed(incident.subject, closureOf(state, report))
      const replacement = report.outcome === 'recovered' ? replacementOf(state, true, closedAt) : null
      if (replacement) await services.records.replaced(poolOf(incident.subject), replacement)
    })
    const message = reportMessage(report)
    const topic = topicOf(report.outcome)
    // The message stays with the incident until it was sent: when no channel takes it now, the sweep tells it later.
    await attempt('table', () =>
      incidents.close(incident.id, report.outcome, report.cause, closedAt, { topic, message }),
    )
    await attempt('sns', async () => {
      const sent = await incidents.messageSent(incident.id, message.dedupe).catch(() => false)
      if (storm) await noteInStorm(storm, pool, message.subject, services)
      else if (!sent) await notifier.publish(topic, message)
      try {
        await incidents.markSent(incident.id, message.dedupe, closedAt)
        await incidents.markTold(incident.id)
      } catch {
        // Told already; the marks only spare a repeat.
        problems.push('table: the message was sent, and could not be marked as sent')
      }
    })
    if (!channels.includes('sns'))
      throw new ReportNotPublishedError(`nobody could be told of ${incident.id}: ${problems.join('; ')}`)
    return { ...state, report: { outcome: report.outcome, key, channels, problems } }
  }
