import { describe, expect, it } from 'vitest'
import { type Message, snsNotifier } from '../../functions/aws/notifier.ts'
import { anApiError, answering } from './a-platform.ts'

const arns = { notices: 'arn:notices', approvals: 'arn:approvals', escalations: 'arn:escalations' }
const aMessage = (of: Partial<Message> = {}): Message => ({
  subject: 'recovered: i-0a1b2c3d4e5f60001',
  body: 'All is well again.\n',
  chat: { title: 'recovered', description: 'All is **well** again.', nextSteps: ['Nothing is asked of you.'] },
  attributes: { pool: 'linux-builders', severity: 'info' },
  dedupe: 'inc-1-report',
  ...of,
})

const published = async (message: Message) => {
  const { platform, calls } = answering({ Publish: { MessageId: 'm-1' } })
  await snsNotifier(platform, arns).publish('approvals', message)
  const { Message: text, ...rest } = calls[0]?.input ?? {}
  return { forms: JSON.parse(String(text)) as Record<string, string>, rest }
}

describe('a message', () => {
  it('is plain text for people, and the form of chat integrations for HTTPS endpoints', async () => {
    const { forms, rest } = await published(aMessage())
    expect(rest).toMatchObject({ TopicArn: 'arn:approvals', Subject: aMessage().subject, MessageStructure: 'json' })
    expect(forms).toMatchObject({ default: aMessage().body, email: aMessage().body })
    expect(JSON.parse(forms['https'] ?? '')).toEqual({
      version: '1.0',
      source: 'custom',
      id: 'inc-1-report',
      content: { textType: 'client-markdown', ...aMessage().chat },
    })
  })

  it('carries attributes for filters, and none that SNS would refuse', async () => {
    const { rest } = await published(aMessage({ attributes: { pool: 'linux-builders', outcome: '' } }))
    expect(rest).toMatchObject({
      MessageAttributes: { pool: { DataType: 'String', StringValue: 'linux-builders' } },
    })
    expect(rest).not.toHaveProperty('MessageAttributes.outcome')
  })

  it('that is not taken is an error', async () => {
    const { platform } = answering({ Publish: anApiError('AuthorizationErrorException', 403) })
    await expect(snsNotifier(platform, arns).publish('notices', aMessage())).rejects.toMatchObject({
      name: 'PermissionDeniedError',
    })
  })
})
