import * as z from 'zod/mini'

export const checkResult = z.enum(['passed', 'failed', 'not-run'])

/** One line of the checklist. `not-run` is never `passed`. */
export const verificationCheck = z.object({ name: z.string(), result: checkResult, detail: z.string() })
export type VerificationCheck = z.infer<typeof verificationCheck>

export const verification = z.object({
  /** `pending` while checks run; `passed` needs every required check passed. */
  status: z.enum(['pending', 'passed', 'failed']),
  startedAt: z.string(),
  /** After this instant a check that has not passed counts as failed. */
  deadline: z.string(),
  /** The id of the smoke-test command, when one runs on the host. */
  commandId: z.nullable(z.string()),
  /** The agent that is verified: the replacement's, where the first was replaced. */
  agentId: z.nullable(z.string()),
  checks: z.array(verificationCheck),
  waitSeconds: z.int(),
})
export type Verification = z.infer<typeof verification>
