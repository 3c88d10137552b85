import { SendMessageCommand } from '@aws-sdk/client-sqs'
import type { Platform } from '../runtime/platform.ts'
import { sqsClient } from './clients.ts'
import { guarded } from './failures.ts'

/** The queue of events that were delivered and made no sense. */
export interface RejectedEvents {
  put(event: unknown, reason: string, execution: string): Promise<void>
}

/** SQS takes 256 KiB a message in every region; the reason and the event's beginning are worth more than a refusal. */
const bodyLimit = 250_000
/** A character of the event takes up to six in the body. */
const beginning = 30_000

/** JSON in ASCII: SQS refuses some characters (U+FFFE, U+FFFF), and what comes here may have been made to be refused. */
const ascii = (value: unknown): string =>
  JSON.stringify(value).replace(/[^\x20-\x7e]/g, (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`)

export const sqsRejectedEvents = (platform: Platform, QueueUrl: string): RejectedEvents => ({
  async put(event, reason, execution) {
    const about = { reason: reason.slice(0, 1000), execution }
    const whole = ascii({ ...about, truncated: false, event })
    const MessageBody =
      whole.length <= bodyLimit
        ? whole
        : ascii({ ...about, truncated: true, event: JSON.stringify(event).slice(0, beginning) })
    await guarded(() => sqsClient(platform).send(new SendMessageCommand({ QueueUrl, MessageBody })))
  },
})
