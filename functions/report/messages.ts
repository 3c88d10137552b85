import type { Message, Topic } from '../aws/notifier.ts'
import { subjectLabel } from '../domain/agent.ts'
import type { Pool } from '../domain/fleet.ts'
import type { Outcome } from '../domain/outcome.ts'
import type { ActPlan } from '../domain/plan.ts'
import type { Report } from '../domain/report.ts'
import type { Planned } from '../domain/workflow.ts'
import { clean, cleanMarkdown, cleanSubject } from './clean.ts'

/** Outcomes that leave an agent in trouble: a person is called. */
const calling: ReadonlySet<Outcome> = new Set<Outcome>(['escalated', 'failed', 'refused', 'expired'])
export const topicOf = (outcome: Outcome): Topic => (calling.has(outcome) ? 'escalations' : 'notices')

const headlines: Record<Outcome, string> = {
  recovered: 'recovered',
  escalated: 'needs you',
  rejected: 'still failing: you rejected the repair',
  expired: 'still failing: nobody answered',
  refused: 'still failing: a guardrail refused the repair',
  suppressed: 'left alone',
  joined: 'joined an open incident',
  observed: 'observed, nothing done',
  'false-alarm': 'false alarm',
  unreadable: 'unreadable event',
  failed: 'not handled: the medic failed',
}

export const howToStop =
  'To stop the medic: npm run mode -- off --reason "..." (docs/operations.md); nothing is changed after it is set.'

const section = (title: string, lines: string[]): string[] =>
  lines.length > 0 ? ['', title, ...lines.map((line) => `  ${clean(line)}`)] : []

/** The end of an incident, as an on-call who has never seen the code needs it at 2 AM. */
export const reportMessage = (report: Report): Message => {
  const who = subjectLabel(report.subject)
  const title = `${who} in pool ${report.pool} ${headlines[report.outcome]}`
  const seconds = Object.values(report.timing).reduce((sum, each) => sum + each, 0)
  const body = [
    `${title}.`,
    ...section('WHAT BROKE', [
      report.reported,
      `since ${report.openedAt}, pool ${report.pool} (${report.environment})`,
    ]),
    ...section('WHY WE BELIEVE SO', [
      `${report.cause} (confidence ${Math.round(report.confidence * 100)} %)`,
      ...report.facts.map(({ name, value, channel }) => `${name}: ${value} [${channel}]`),
      ...(report.facts.length === 0 ? [report.explanation] : []),
    ]),
    ...section(
      'WHAT WE DID',
      report.actions.length > 0
        ? report.actions.map(({ kind, outcome, detail }) => `${kind}: ${outcome}. ${detail}`)
        : ['nothing was changed'],
    ),
    ...section(
      'CHECKS',
      report.verification.map(({ name, result, detail }) => `${name}: ${result} (${detail})`),
    ),
    ...section('WHY IT ENDED SO', report.reason ? [report.reason] : []),
    ...section('HALF DONE', report.halfDone),
    ...section('WE ASK YOU', report.asked ? [report.asked] : []),
    ...section(
      'LINKS',
      Object.entries(report.links).map(([name, url]) => `${name}: ${url}`),
    ),
    '',
    `Incident ${report.incidentId}, ${seconds} s in all, about $${report.cost.usd.toFixed(4)}.`,
    howToStop,
  ].join('\n')
  return {
    subject: cleanSubject(`[agent-medic] ${title}`),
    body,
    chat: {
      title: cleanMarkdown(title),
      description: cleanMarkdown(`${report.reported} Cause: ${report.cause}. ${report.explanation}`),
      nextSteps: report.asked ? [cleanMarkdown(report.asked)] : [],
    },
    attributes: {
      kind: 'report',
      pool: report.pool,
      environment: report.environment,
      outcome: report.outcome,
      severity: calling.has(report.outcome) ? 'critical' : report.outcome === 'recovered' ? 'info' : 'warning',
    },
    dedupe: `${report.incidentId}-report`,
  }
}

/** The request for a yes or no, with all that a person needs to give it. No link in it decides anything. */
export const approvalMessage = (
  { incident, diagnosis }: Planned,
  plan: ActPlan,
  pool: Pool,
  expiresAt: string,
): Message => {
  const who = subjectLabel(incident.subject)
  const title = `May we ${plan.rung} ${who} in pool ${pool.name}?`
  const body = [
    title,
    ...section('WHAT BROKE', [
      incident.signal.summary,
      `since ${incident.openedAt}, pool ${pool.name} (${pool.environment})`,
    ]),
    ...section('WHY WE BELIEVE SO', [
      `${diagnosis.cause} (confidence ${Math.round(diagnosis.confidence * 100)} %)`,
      diagnosis.explanation,
    ]),
    ...section(
      'WHAT WE WOULD DO',
      plan.actions.map(({ kind, target, undo }) => `${kind} on ${target.id}. Undo: ${undo}`),
    ),
    ...section('WHAT IT SHOULD BRING', [plan.expectedEffect]),
    ...section(
      'WHY WE ASK',
      plan.gate.kind === 'approval'
        ? [plan.gate.reason, plan.blastRadius.destructive ? 'it ends running jobs of this agent' : 'it ends no job']
        : [],
    ),
    ...section(
      'PASSED OVER',
      plan.skipped.map(({ rung, reason }) => `${rung}: ${reason}`),
    ),
    ...section(`ANSWER BY ${expiresAt}`, [
      `npm run gate -- approve ${incident.id}`,
      `npm run gate -- reject ${incident.id} --reason "..."`,
      ...(pool.approvers > 1 ? [`${pool.approvers} different persons must approve; one that rejects ends it.`] : []),
      'Without an answer nothing is changed.',
    ]),
    '',
    howToStop,
  ].join('\n')
  return {
    subject: cleanSubject(`[agent-medic] ${title}`),
    body,
    chat: {
      title: cleanMarkdown(title),
      description: cleanMarkdown(
        `${incident.signal.summary} Cause: ${diagnosis.cause}. ${diagnosis.explanation} Answer by ${expiresAt}.`,
      ),
      nextSteps: [`npm run gate -- approve ${incident.id}`, `npm run gate -- reject ${incident.id} --reason "..."`],
    },
    attributes: {
      kind: 'approval',
      pool: pool.name,
      environment: pool.environment,
      outcome: 'pending',
      severity: 'warning',
    },
    dedupe: `${incident.id}-approval-${plan.hash.slice(0, 12)}`,
  }
}
