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
