import { subjectLabel } from '../domain/agent.ts'
import type { Report } from '../domain/report.ts'
import { cleanMarkdown } from './clean.ts'

const list = (title: string, lines: string[]): string[] =>
  lines.length > 0 ? [`## ${title}`, '', ...lines.map((line) => `- ${line}`), ''] : []

/** The report as a page to read in the morning. Text from outside is escaped. */
export const renderMarkdown = (report: Report): string => {
  const m = cleanMarkdown
  const { decision } = report
  return [
    `# ${report.incidentId}: ${m(subjectLabel(report.subject))} ${report.outcome}`,
    '',
    `Pool ${m(report.pool)} (${report.environment}), from ${report.openedAt} to ${report.closedAt}.`,
    '',
    `**Reported:** ${m(report.reported)}`,
    '',
    `**Cause:** ${report.cause}, confidence ${report.confidence.toFixed(2)}, scope ${report.scope}. ${m(report.explanation)}`,
    '',
    ...(report.reason ? [`**Why it ended so:** ${m(report.reason)}`, ''] : []),
    ...(report.asked ? [`**Asked of you:** ${m(report.asked)}`, ''] : []),
    ...list(
      'Evidence that mattered',
      report.facts.map(({ name, value, channel }) => `${m(name)}: ${m(value)} (${channel})`),
    ),
    ...list(
      'Actions',
      report.actions.map(
        ({ kind, target, outcome, detail, undo }) =>
          `${kind} on ${m(target)}: ${outcome}. ${m(detail)}. Undo: ${m(undo)}`,
      ),
    ),
    ...list('Half done', report.halfDone.map(m)),
    ...list(
      'Passed over',
      report.skipped.map(({ rung, reason }) => `${rung}: ${m(reason)}`),
    ),
    ...list(
      'Attempts before',
      report.attempts.map(
        ({ number, rung, cause, outcome, detail }) => `${number}. ${rung} for ${cause}: ${outcome}. ${m(detail)}`,
      ),
    ),
    ...(decision
      ? list('Decision', [
          `${decision.decision} by ${m(decision.by ?? 'nobody')} at ${decision.at}${decision.reason ? `: ${m(decision.reason)}` : ''}`,
        ])
      : []),
    ...list(
      'Checklist',
      report.verification.map(({ name, result, detail }) => `${name}: **${result}** (${m(detail)})`),
    ),
    ...list(
      'Timeline',
      report.timeline.map(({ at, phase, text }) => `${at} ${phase}: ${m(text)}`),
    ),
    ...list(
      'Seconds per phase',
      Object.entries(report.timing).map(([phase, seconds]) => `${phase}: ${seconds}`),
    ),
    `Cost: $${report.cost.usd.toFixed(4)} for ${report.cost.stateTransitions} state transitions (${report.cost.note}).`,
    '',
    ...list(
      'Links',
      Object.entries(report.links).map(([name, url]) => `${name}: <${url}>`),
    ),
  ].join('\n')
}
