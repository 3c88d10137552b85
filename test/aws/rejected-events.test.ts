import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { sqsRejectedEvents } from '../../functions/aws/rejected-events.ts'
import { answering } from './a-platform.ts'

const put = async (event: unknown, reason = 'it makes no sense') => {
  const { platform, calls } = answering({
    // The SDK compares the digest, to see that the message arrived as it was sent.
    SendMessage: ({ input }) => ({
      MD5OfMessageBody: createHash('md5').update(String(input['MessageBody'])).digest('hex'),
    }),
  })
  await sqsRejectedEvents(platform, 'https://sqs.eu-central-1.amazonaws.com/111122223333/rejected').put(
    event,
    reason,
    'arn:one',
  )
  return String(calls[0]?.input['MessageBody'])
}

describe('a rejected event', () => {
  it('is kept whole with its reason', async () => {
    expect(JSON.parse(await put({ detail: 'Größe' }))).toEqual({
      reason: 'it makes no sense',
      execution: 'arn:one',
      truncated: false,
      event: { detail: 'Größe' },
    })
  })

  it('is kept though it holds characters that SQS refuses', async () => {
    const event = { name: 'a\uFFFEb\uFFFF\u0000😀' }
    const body = await put(event)
    expect(body).toMatch(/^[\x20-\x7e]*$/)
    expect(JSON.parse(body)).toMatchObject({ event })
  })

  it.each(['x', '"', '\uFFFF', '\u0001'])('is cut to what SQS takes when it is a megabyte of %j', async (character) => {
    const body = await put({ text: character.repeat(1_000_000) })
    expect(body.length).toBeLessThan(256 * 1024)
    expect(JSON.parse(body)).toMatchObject({ truncated: true, event: expect.stringMatching(/^{"text":"/) })
  })

  it('may be none at all', async () => {
    expect(JSON.parse(await put(undefined))).toMatchObject({ reason: 'it makes no sense', truncated: false })
  })
})
