import * as z from 'zod/mini'
import { parse } from '../domain/parse.ts'
import type { SignalKind } from '../domain/signal.ts'
import { subjectOfHost } from './places.ts'
import type { Reader } from './reader.ts'
import { rejected, tell } from './tell.ts'

/** `detail` of both warnings (EC2 user guide, "Spot Instance interruption notices", "EC2 instance rebalance recommendations"). */
const detail = z.object({
  'instance-id': z.string().check(z.regex(/^i-[0-9a-f]{8,17}$/)),
  'instance-action': z.optional(z.enum(['hibernate', 'stop', 'terminate'])),
})

const warning = (detailType: string, kind: SignalKind, hears: string, says: string): Reader => ({
  source: 'aws.ec2',
  detailType,
  kinds: [kind],
  hears,
  async read(event, fleet, directory) {
    const parsed = parse(detail, event.detail)
    if (!parsed.ok) return rejected('detail of a Spot warning', parsed.problems)
    const { 'instance-id': id, 'instance-action': action } = parsed.value
    return tell(event, {
      kind,
      subjects: [await subjectOfHost(id, event, fleet, directory)],
      summary: `${says} ${id}${action ? `: ${action}` : ''}`,
      details: action ? { action } : {},
      unknown: `no pool of fleet.json in ${event.account} ${event.region} has instance ${id}`,
    })
  },
})

export const spotInterruption = warning(
  'EC2 Spot Instance Interruption Warning',
  'spot-interruption',
  'EC2 takes a Spot instance in two minutes; the agent',
  'EC2 takes back Spot instance',
)

export const rebalanceRecommended = warning(
  'EC2 Instance Rebalance Recommendation',
  'rebalance-recommended',
  'a Spot instance is at higher risk of being taken; the agent',
  'EC2 sees a higher risk of interruption for Spot instance',
)
