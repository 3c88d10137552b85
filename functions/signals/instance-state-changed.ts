import * as z from 'zod/mini'
import { parse } from '../domain/parse.ts'
import { subjectOfHost } from './places.ts'
import type { Reader } from './reader.ts'
import { cleanText } from './text.ts'

/** `detail` of "EC2 Instance State-change Notification" (EC2 user guide). */
const detail = z.object({
  'instance-id': z.string().check(z.regex(/^i-[0-9a-f]{8,17}$/)),
  state: z.enum(['pending', 'running', 'stopping', 'stopped', 'shutting-down', 'terminated']),
})

/** An instance that has stopped or is gone. The ways there are ignored: their ends tell the same and come in seconds. */
export const instanceStateChanged: Reader = {
  source: 'aws.ec2',
  detailType: 'EC2 Instance State-change Notification',
  kinds: ['instance-state-changed'],
  hears: 'an instance is stopped or terminated; the agent',
  async read(event, fleet, directory) {
    const parsed = parse(detail, event.detail)
    if (!parsed.ok)
      return { outcome: 'rejected', reason: `detail of an instance state change: ${parsed.problems.join('; ')}` }
    const { 'instance-id': id, state } = parsed.value
    if (state !== 'stopped' && state !== 'terminated')
      return { outcome: 'ignored', reason: `instance ${id} went to ${state}` }
    const subject = await subjectOfHost(id, event, fleet, directory)
    if (!subject)
      return {
        outcome: 'unknown-agent',
        reason: `no pool of fleet.json in ${event.account} ${event.region} has instance ${id}`,
      }
    return {
      outcome: 'signal',
      signal: {
        eventId: event.id,
        kind: 'instance-state-changed',
        subject,
        at: event.time,
        source: event.source,
        summary: cleanText(`Instance ${id} is ${state}`, 500),
        details: { state },
      },
    }
  },
}
