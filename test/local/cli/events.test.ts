import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { startFauxqs } from 'fauxqs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sqsEventQueues } from '../../../local/cli/events.ts'
import {
  type EventQueues,
  type QueuedMessage,
  readEventsArguments,
  runEvents,
} from '../../../local/cli/events-command.ts'

const event = {
  id: 'event-1',
  source: 'aws.cloudwatch',
  'detail-type': 'CloudWatch Alarm State Change',
  time: '2026-01-15T02:00:00Z',
}
const rejected = (of: object = {}) =>
  JSON.stringify({ reason: 'no reader', execution: 'arn:x', truncated: false, event, ...of })
const remediate = 'arn:aws:states:eu-central-1:111122223333:stateMachine:agent-medic-remediate'
const message = (id: string, body: string, attributes: Record<string, string> = {}): QueuedMessage => ({
  id,
  receipt: `receipt-${id}`,
  body,
  attributes,
  sentAt: '2026-01-15T02:00:00.000Z',
})

const aDesk = (...messages: QueuedMessage[]) => {
  const removed: string[] = []
  const started: { name: string; event: unknown }[] = []
  const said: string[] = []
  let refuses = false
  const queues: EventQueues = {
    peek: async () => messages,
    remove: async (_queue, { id }) => {
      removed.push(id)
    },
  }
  const run = (...argv: string[]) =>
    runEvents(
      readEventsArguments(argv),
      queues,
      async (name, input) => {
        if (refuses) throw new Error('AccessDenied')
        started.push({ name, event: input })
        return { started: true }
      },
      (text) => said.push(text),
    )
  return {
    run,
    removed,
    started,
    said,
    refuse: () => {
      refuses = true
    },
  }
}

describe('npm run events', () => {
  it('lists what was rejected, with its reason, and removes nothing', async () => {
    const desk = aDesk(message('m-1', rejected()))
    await desk.run('rejected')
    expect(desk.said.join('\n')).toContain('aws.cloudwatch, CloudWatch Alarm State Change')
    expect(desk.said.join('\n')).toContain('no reader')
    expect(desk.removed).toEqual([])
  })

  it('shows no control characters of an event that came from outside', async () => {
    const desk = aDesk(message('m-1', rejected({ reason: 'bad \u001b[2J\u202e source' })))
    await desk.run('rejected')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that there are none is the point.
    expect(desk.said.join('\n')).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/)
  })

  it('starts the workflow with one event and removes it only then', async () => {
    const desk = aDesk(message('m-1', rejected()), message('m-2', rejected()))
    await desk.run('redrive', 'rejected', '--id', 'm-2')
    expect(desk.started).toEqual([{ name: 'redrive-m-2', event }])
    expect(desk.removed).toEqual(['m-2'])
  })

  it('keeps an event whose execution was not accepted', async () => {
    const desk = aDesk(message('m-1', rejected()))
    desk.refuse()
    await expect(desk.run('redrive', 'rejected', '--all')).rejects.toThrow('AccessDenied')
    expect(desk.removed).toEqual([])
  })

  it('leaves what it can not redrive, and says why', async () => {
    const closing = 'arn:aws:lambda:eu-central-1:111122223333:function:agent-medic-close-incident'
    const desk = aDesk(
      message('m-1', JSON.stringify(event), { ERROR_CODE: 'NO_PERMISSIONS', TARGET_ARN: remediate }),
      message('m-2', JSON.stringify(event), { ERROR_CODE: 'SDK_CLIENT_ERROR', TARGET_ARN: closing }),
      message('m-3', 'no json'),
    )
    await desk.run('redrive', 'dead-letters', '--all')
    expect(desk.removed).toEqual(['m-1'])
    expect(desk.said.join('\n')).toContain('the sweep closes what its execution left')
    const kept = aDesk(message('m-4', rejected({ truncated: true })), message('m-5', '{}'))
    await kept.run('redrive', 'rejected', '--all')
    expect(kept.removed).toEqual([])
    expect(kept.said.join('\n')).toContain('too large to be kept whole')
  })

  it.each([
    [[], /npm run events -- rejected/],
    [['redrive'], /name the queue/],
    [['redrive', 'rejected'], /--id <id> for one of them/],
    [['redrive', 'rejected', '--all', '--id', 'x'], /say which/],
    [['everything'], /npm run events/],
  ])('says what is wrong with %j', (argv, words) => {
    expect(() => readEventsArguments(argv)).toThrow(words)
  })
})

describe('the queues themselves', () => {
  let server: Awaited<ReturnType<typeof startFauxqs>>
  beforeAll(async () => {
    server = await startFauxqs({ port: 0, logger: false })
  })
  afterAll(() => server.stop())

  it('give a listing all their messages, and lose none by it', async () => {
    const client = new SQSClient({
      endpoint: server.address,
      region: 'eu-central-1',
      credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
      useQueueUrlAsEndpoint: false,
    })
    const { queueUrl } = server.createQueue('agent-medic-rejected-events', { region: 'eu-central-1' })
    for (let index = 0; index < 12; index += 1)
      await client.send(
        new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: rejected({ reason: `reason ${index}` }) }),
      )
    const queues = sqsEventQueues(client)
    const seen = await queues.peek('rejected')
    expect(seen).toHaveLength(12)
    for (const each of seen.slice(0, 2)) await queues.remove('rejected', each)
    expect(await queues.peek('rejected')).toHaveLength(0)
    client.destroy()
  })
})
