import type { Incident } from '../domain/incident.ts'

/** Console pages, by region. Session Manager opens a shell on hosts only. */
export const linksOf = ({ subject, execution, signal, id }: Incident, bucket: string): Record<string, string> => {
  const { region } = subject.kind === 'agent' ? subject.agent : subject
  const console = `https://${region}.console.aws.amazon.com`
  const alarm = signal.details['alarmName']
  const host = subject.kind === 'agent' && /^m?i-/.test(subject.agent.id) ? subject.agent.id : null
  return {
    execution: `${console}/states/home?region=${region}#/v2/executions/details/${execution}`,
    report: `${console}/s3/object/${bucket}?region=${region}&prefix=${encodeURIComponent(`incidents/${id}/report.md`)}`,
    ...(alarm
      ? { alarm: `${console}/cloudwatch/home?region=${region}#alarmsV2:alarm/${encodeURIComponent(alarm)}` }
      : {}),
    ...(host ? { session: `${console}/systems-manager/session-manager/${host}?region=${region}` } : {}),
  }
}
