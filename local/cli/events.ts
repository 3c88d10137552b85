import { DeleteMessageCommand, GetQueueUrlCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { stepFunctionsExecutions } from '../../functions/aws/executions.ts'
import { UsageError } from '../replay/scenario.ts'
import { type EventQueues, queueNames, readEventsArguments, runEvents, type StartWorkflow } from './events-command.ts'
import { ownPlatform } from './own-platform.ts'

/** Long enough to list and redrive; then the messages are there for others again. */
const visibilitySeconds = 60
/** A queue with more is not listed whole. */
const atMost = 500

export const sqsEventQueues = (client: SQSClient): EventQueues => {
  const urlOf = async (queue: keyof typeof queueNames) =>
    (await client.send(new GetQueueUrlCommand({ QueueName: queueNames[queue] }))).QueueUrl
  return {
    async peek(queue) {
      const QueueUrl = await urlOf(queue)
      const found = new Map<string, Awaited<ReturnType<EventQueues['peek']>>[number]>()
      // Several servers hold a queue, and an empty answer may come from one that has none: a second one is asked for.
      for (let empty = 0; empty < 2 && found.size < atMost; ) {
        const { Messages = [] } = await client.send(
          new ReceiveMessageCommand({
            QueueUrl,
            MaxNumberOfMessages: 10,
            WaitTimeSeconds: 1,
            VisibilityTimeout: visibilitySeconds,
            MessageAttributeNames: ['All'],
            MessageSystemAttributeNames: ['SentTimestamp'],
          }),
        )
        empty = Messages.length === 0 ? empty + 1 : 0
        for (const {
          MessageId = '',
          ReceiptHandle = '',
          Body = '',
          MessageAttributes = {},
          Attributes = {},
        } of Messages)
          found.set(MessageId, {
            id: MessageId,
            receipt: ReceiptHandle,
            body: Body,
            attributes: Object.fromEntries(
              Object.entries(MessageAttributes).map(([name, { StringValue = '' }]) => [name, StringValue]),
            ),
            sentAt: new Date(Number(Attributes['SentTimestamp'] ?? 0)).toISOString(),
          })
      }
      return [...found.values()]
    },
    async remove(queue, { receipt }) {
      await client.send(new DeleteMessageCommand({ QueueUrl: await urlOf(queue), ReceiptHandle: receipt }))
    },
  }
}

/** The workflow of the account and region that the credentials are of. */
const startWorkflow: StartWorkflow = async (name, event) => {
  const sts = new STSClient({})
  const { Account } = await sts.send(new GetCallerIdentityCommand({}))
  const arn = `arn:aws:states:${await sts.config.region()}:${Account}:stateMachine:agent-medic-remediate`
  return stepFunctionsExecutions(ownPlatform, arn).start(name, event)
}

if (import.meta.main)
  try {
    const queues = sqsEventQueues(new SQSClient({}))
    await runEvents(readEventsArguments(process.argv.slice(2)), queues, startWorkflow, (text) =>
      process.stdout.write(`${text}\n`),
    )
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = error instanceof UsageError ? 2 : 1
  }
