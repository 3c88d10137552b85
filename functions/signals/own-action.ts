import * as z from 'zod/mini'
import type { Envelope } from './reader.ts'

/** Whose call a CloudTrail record tells of: an assumed role names its session and its issuer. */
const called = z.object({
  userIdentity: z.object({
    arn: z.optional(z.string()),
    sessionContext: z.optional(z.object({ sessionIssuer: z.optional(z.object({ arn: z.optional(z.string()) })) })),
  }),
})

const ownRole = (arn: string, { account }: Envelope): boolean =>
  arn.includes(`::${account}:assumed-role/agent-medic-`) || arn.includes(`::${account}:role/agent-medic-`)

/** The role of ours that made the call of a CloudTrail event; null for everybody else's and for other events. */
export const ownRoleBehind = (event: Envelope): string | null => {
  const parsed = z.safeParse(called, event.detail)
  if (!parsed.success) return null
  const { arn, sessionContext } = parsed.data.userIdentity
  return [arn, sessionContext?.sessionIssuer?.arn].find((each) => each && ownRole(each, event)) ?? null
}
