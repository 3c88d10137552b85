import * as z from 'zod/mini'
import { parse } from '../domain/parse.ts'
import { subjectOfHost } from './places.ts'
import type { Reader } from './reader.ts'
import { cleanText } from './text.ts'

const association = z.object({
  instanceId: z.string().check(z.regex(/^i-[0-9a-f]{8,17}$/)),
  iamInstanceProfile: z.optional(z.object({ arn: z.optional(z.string()) })),
})

/** `detail` of a CloudTrail record; EC2's query API wraps its answer in the name of the response. */
const detail = z.object({
  eventSource: z.literal('ec2.amazonaws.com'),
  eventName: z.string(),
  errorCode: z.optional(z.string()),
  userIdentity: z.optional(z.object({ arn: z.optional(z.string()), type: z.optional(z.string()) })),
  responseElements: z.optional(
    z.nullable(
      z.object({
        DisassociateIamInstanceProfileResponse: z.optional(z.object({ iamInstanceProfileAssociation: association })),
      }),
    ),
  ),
})

/** DisassociateIamInstanceProfile, told by CloudTrail: the agent loses its credentials when those it has expire. */
export const instanceProfileRemoved: Reader = {
  source: 'aws.ec2',
  detailType: 'AWS API Call via CloudTrail',
  async read(event, fleet, directory) {
    const parsed = parse(detail, event.detail)
    if (!parsed.ok)
      return { outcome: 'rejected', reason: `detail of a CloudTrail record: ${parsed.problems.join('; ')}` }
    const { eventName, errorCode, userIdentity, responseElements } = parsed.value
    if (eventName !== 'DisassociateIamInstanceProfile')
      return { outcome: 'ignored', reason: `no reader asks for ${cleanText(eventName, 100)}` }
    if (errorCode)
      return { outcome: 'ignored', reason: `the call was refused (${cleanText(errorCode, 100)}) and changed nothing` }
    const removed = responseElements?.DisassociateIamInstanceProfileResponse?.iamInstanceProfileAssociation
    if (!removed)
      return {
        outcome: 'rejected',
        reason: 'detail.responseElements has no iamInstanceProfileAssociation, so nothing tells which instance it was',
      }
    const subject = await subjectOfHost(removed.instanceId, event, fleet, directory)
    if (!subject)
      return { outcome: 'unknown-agent', reason: `no pool of fleet.json has instance ${removed.instanceId}` }
    const caller = cleanText(userIdentity?.arn ?? userIdentity?.type ?? 'an unknown caller', 300)
    const profile = cleanText(removed.iamInstanceProfile?.arn ?? 'its instance profile', 300)
    return {
      outcome: 'signal',
      signal: {
        eventId: event.id,
        kind: 'instance-profile-removed',
        subject,
        at: event.time,
        source: event.source,
        summary: cleanText(`${caller} removed ${profile} from ${removed.instanceId}`, 500),
        details: { caller, removedProfile: profile },
      },
    }
  },
}
