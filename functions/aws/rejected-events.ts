import { SendMessageCommand } from '@aws-sdk/client-sqs'
import type { Platform } from '../runtime/platform.ts'
import { sqsClient } from './clients.ts'
import { guarded } from './failures.ts'

/** The queue of events that were delivered and made no sense. */
export interface RejectedEvents {
  put(event: unknown, reason: string, execution: string): Promise<void>
}

/** SQS takes 256 KiB a message; the reason and the event's beginning are worth more than a refusal. */
const bodyLimit = 200_000

export const sqsRejectedEvents = (platform: Platform, QueueUrl: string): RejectedEvents => ({
  async put(event, reason, execution) {
    const text = JSON.stringify(event) ?? 'null'
    const whole = text.length <= bodyLimit
    await guarded(() =>
      sqsClient(platform).send(
        new SendMessageCommand({
          QueueUrl,
          MessageBody: JSON.stringify({
            reason,
            execution,
            truncated: !whole,
            event: whole ? event : text.slice(0, bodyLimit),
          }),
        }),
      ),
    )
  },
})
