import { PublishCommand } from '@aws-sdk/client-sns'
import type { Platform } from '../runtime/platform.ts'
import { snsClient } from './clients.ts'
import { guarded } from './failures.ts'

export type Topic = 'notices' | 'approvals' | 'escalations'

export interface Message {
  /** At most 100 ASCII characters without control characters: SNS refuses others. */
  subject: string
  /** Plain text, as an e-mail shows it. */
  body: string
  /** The form that chat integrations of SNS accept (AWS Chatbot custom notification, version 1.0). */
  chat: { title: string; description: string; nextSteps: string[] }
  /** Message attributes that subscriptions filter on: pool, environment, severity, outcome. */
  attributes: Record<string, string>
  /** The same message published again carries the same id. */
  dedupe: string
}

/** SNS topics for people. */
export interface Notifier {
  publish(topic: Topic, message: Message): Promise<void>
}

/**
 * SNS. With MessageStructure `json`, e-mail gets the plain text and HTTPS endpoints, by which chat integrations subscribe,
 * get the custom-notification form of Amazon Q Developer in chat applications (schema version 1.0).
 */
export const snsNotifier = (platform: Platform, topicArns: Record<Topic, string>): Notifier => ({
  async publish(topic, { subject, body, chat, attributes, dedupe }) {
    const custom = JSON.stringify({
      version: '1.0',
      source: 'custom',
      id: dedupe,
      content: {
        textType: 'client-markdown',
        title: chat.title,
        description: chat.description,
        nextSteps: chat.nextSteps,
      },
    })
    await guarded(() =>
      snsClient(platform).send(
        new PublishCommand({
          TopicArn: topicArns[topic],
          Subject: subject,
          MessageStructure: 'json',
          Message: JSON.stringify({ default: body, email: body, https: custom }),
          MessageAttributes: Object.fromEntries(
            // SNS refuses a message with an empty attribute.
            Object.entries(attributes)
              .filter(([, value]) => value !== '')
              .map(([name, value]) => [name, { DataType: 'String', StringValue: value }]),
          ),
        }),
      ),
    )
  },
})
