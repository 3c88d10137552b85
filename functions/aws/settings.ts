import * as z from 'zod/mini'

const text = z.string().check(z.minLength(1))

/** Settings of the functions, by what they reach. The stack sets them; each handler names those that it needs. */
export const fleetSettings = z.object({ FLEET_FILE: text })
export const tableSettings = z.object({ TABLE_NAME: text })
export const reportSettings = z.object({ REPORTS_BUCKET: text })
export const topicSettings = z.object({
  NOTICES_TOPIC_ARN: text,
  APPROVALS_TOPIC_ARN: text,
  ESCALATIONS_TOPIC_ARN: text,
})
export const rejectedSettings = z.object({ REJECTED_EVENTS_QUEUE_URL: text })
export const workflowSettings = z.object({ REMEDIATE_STATE_MACHINE_ARN: text })

export const topicArns = (settings: z.infer<typeof topicSettings>) => ({
  notices: settings.NOTICES_TOPIC_ARN,
  approvals: settings.APPROVALS_TOPIC_ARN,
  escalations: settings.ESCALATIONS_TOPIC_ARN,
})
