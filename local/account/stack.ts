import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb'
import dynalite from 'dynalite'
import { startFauxqs } from 'fauxqs'

/** What the stack deploys and the replay starts in process: the table, the bucket, the topics and the queue. */
export interface LocalStack {
  endpoints: Record<string, string>
  environment: Record<string, string>
  rejectedEvents(): string[]
  /** Every item of the table. */
  items(): Promise<Record<string, unknown>[]>
  stop(): Promise<void>
}

const credentials = { accessKeyId: 'SIMULATED', secretAccessKey: 'simulated' }

const startTable = async (region: string): Promise<{ server: Server; endpoint: string }> => {
  const server = dynalite({ createTableMs: 0 })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const client = new DynamoDBClient({ endpoint, region, credentials })
  await client.send(
    new CreateTableCommand({
      TableName: 'agent-medic',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['pk', 'sk', 'gsi1pk', 'gsi1sk'].map((AttributeName) => ({
        AttributeName,
        AttributeType: 'S' as const,
      })),
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'by-status',
          KeySchema: [
            { AttributeName: 'gsi1pk', KeyType: 'HASH' },
            { AttributeName: 'gsi1sk', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
    }),
  )
  client.destroy()
  return { server, endpoint }
}

/** Starts dynalite and fauxqs on free loopback ports, with what the CDK stack would have made. */
export const startStack = async (account: string, region: string): Promise<LocalStack> => {
  const [table, queues] = await Promise.all([
    startTable(region),
    startFauxqs({ port: 0, logger: false, messageSpies: true }),
  ])
  const bucket = `agent-medic-reports-${account}-${region}`
  const topic = (name: string) => queues.createTopic(`agent-medic-${name}`, { region }).topicArn
  queues.createBucket(bucket)
  const { queueUrl } = queues.createQueue('agent-medic-rejected-events', { region })
  return {
    endpoints: { dynamodb: table.endpoint, s3: queues.address, sns: queues.address, sqs: queues.address },
    environment: {
      TABLE_NAME: 'agent-medic',
      REPORTS_BUCKET: bucket,
      NOTICES_TOPIC_ARN: topic('notices'),
      APPROVALS_TOPIC_ARN: topic('approvals'),
      ESCALATIONS_TOPIC_ARN: topic('escalations'),
      REJECTED_EVENTS_QUEUE_URL: queueUrl,
    },
    rejectedEvents: () =>
      queues.spy
        .getAllMessages()
        .flatMap((message) => (message.service === 'sqs' && message.status === 'published' ? [message.body] : [])),
    async items() {
      const client = DynamoDBDocumentClient.from(new DynamoDBClient({ endpoint: table.endpoint, region, credentials }))
      const found: Record<string, unknown>[] = []
      let from: Record<string, unknown> | undefined
      do {
        const page = await client.send(
          new ScanCommand({ TableName: 'agent-medic', ...(from ? { ExclusiveStartKey: from } : {}) }),
        )
        found.push(...(page.Items ?? []))
        from = page.LastEvaluatedKey
      } while (from)
      client.destroy()
      return found
    },
    async stop() {
      await queues.stop()
      table.server.closeAllConnections()
      await new Promise((resolve) => table.server.close(resolve))
    },
  }
}
