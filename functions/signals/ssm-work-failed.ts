import * as z from 'zod/mini'
import { parse } from '../domain/parse.ts'
import { subjectOfHost } from './places.ts'
import type { Reader } from './reader.ts'
import { ignored, rejected, tell } from './tell.ts'

const host = z.string().check(z.regex(/^(i-[0-9a-f]{8,17}|mi-[0-9a-f]{17})$/))
/** Command invocations (Systems Manager user guide, "Amazon EventBridge event examples": Run Command). */
const commandDetail = z.object({
  'command-id': z.string(),
  'document-name': z.string(),
  'instance-id': host,
  status: z.string(),
})
/** The same page: State Manager. */
const associationDetail = z.object({
  'association-id': z.string(),
  'document-name': z.string(),
  'instance-id': host,
  status: z.string(),
  'detailed-status': z.optional(z.string()),
  'error-code': z.optional(z.string()),
  'execution-summary': z.optional(z.string()),
})

/** Words of Run Command's statuses for work that did not come to its end; Cancelled is a person's doing. */
const failed =
  /^(Failed|TimedOut|Timed Out|DeliveryTimedOut|Delivery Timed Out|ExecutionTimedOut|Execution Timed Out|Undeliverable|Terminated)$/

export const commandFailed: Reader = {
  source: 'aws.ssm',
  detailType: 'EC2 Command Invocation Status-change Notification',
  kinds: ['command-failed'],
  hears: "somebody's command failed or did not reach its host; the agent",
  async read(event, fleet, directory) {
    const parsed = parse(commandDetail, event.detail)
    if (!parsed.ok) return rejected('detail of a command status', parsed.problems)
    const { 'command-id': command, 'document-name': document, 'instance-id': id, status } = parsed.value
    if (document.startsWith('agent-medic-')) return ignored(`own action: command ${command} ran ${document}`)
    if (!failed.test(status)) return ignored(`command ${command} on ${id} is ${status}`)
    return tell(event, {
      kind: 'command-failed',
      subjects: [await subjectOfHost(id, event, fleet, directory)],
      summary: `Command ${document} on ${id}: ${status}`,
      details: { command, document, status },
      unknown: `no pool of fleet.json in ${event.account} ${event.region} has host ${id}`,
    })
  },
}

export const associationFailed: Reader = {
  source: 'aws.ssm',
  detailType: 'EC2 State Manager Instance Association State Change',
  kinds: ['association-failed'],
  hears: 'an association of State Manager failed on a host; the agent',
  async read(event, fleet, directory) {
    const parsed = parse(associationDetail, event.detail)
    if (!parsed.ok) return rejected('detail of an association state', parsed.problems)
    const {
      'association-id': association,
      'document-name': document,
      'instance-id': id,
      status,
      ...more
    } = parsed.value
    if (status !== 'Failed') return ignored(`association ${association} on ${id} is ${status}`)
    return tell(event, {
      kind: 'association-failed',
      subjects: [await subjectOfHost(id, event, fleet, directory)],
      summary: `Association with ${document} failed on ${id}: ${more['execution-summary'] || more['error-code'] || 'no reason given'}`,
      details: { association, document, detail: more['detailed-status'], errorCode: more['error-code'] },
      unknown: `no pool of fleet.json in ${event.account} ${event.region} has host ${id}`,
    })
  },
}
