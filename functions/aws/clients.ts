import { AutoScalingClient } from '@aws-sdk/client-auto-scaling'
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch'
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { EC2Client } from '@aws-sdk/client-ec2'
import { ECSClient } from '@aws-sdk/client-ecs'
import { S3Client } from '@aws-sdk/client-s3'
import { SFNClient } from '@aws-sdk/client-sfn'
import { SNSClient } from '@aws-sdk/client-sns'
import { SQSClient } from '@aws-sdk/client-sqs'
import { SSMClient } from '@aws-sdk/client-ssm'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import type { Platform, SdkClient } from '../runtime/platform.ts'

/**
 * One client per service and platform, made on first use. This file is the only seam between the product and AWS: the
 * replay's middleware is attached here, below the SDK's retries and serialisation. Each service is an export of its own,
 * so that a function's bundle holds only the clients that it uses.
 */
const perPlatform = <C extends SdkClient>(service: string, make: (options: object) => C, maxAttempts = 3) => {
  const made = new WeakMap<Platform, C>()
  return (platform: Platform): C => {
    const known = made.get(platform)
    if (known) return known
    // Three attempts in all: a throttled call fails over to the Retry of the state, which waits longer than a function may.
    const client = make({ maxAttempts, ...platform.clients.configuration(service, maxAttempts) })
    platform.clients.attach(service, client)
    made.set(platform, client)
    return client
  }
}

export const autoScalingClient = /* @__PURE__ */ perPlatform(
  'auto-scaling',
  (options) => new AutoScalingClient(options),
)
/**
 * For changes that have no client token. The SDK would repeat them when an answer is lost, and do them twice: here each is
 * made once, and the step looks for its effect before it is made again.
 */
export const autoScalingChangeClient = /* @__PURE__ */ perPlatform(
  'auto-scaling',
  (options) => new AutoScalingClient(options),
  1,
)
export const ec2ChangeClient = /* @__PURE__ */ perPlatform('ec2', (options) => new EC2Client(options), 1)

export const cloudWatchClient = /* @__PURE__ */ perPlatform('cloudwatch', (options) => new CloudWatchClient(options))
export const logsClient = /* @__PURE__ */ perPlatform('logs', (options) => new CloudWatchLogsClient(options))
export const ec2Client = /* @__PURE__ */ perPlatform('ec2', (options) => new EC2Client(options))
export const ecsClient = /* @__PURE__ */ perPlatform('ecs', (options) => new ECSClient(options))
export const s3Client = /* @__PURE__ */ perPlatform('s3', (options) => new S3Client(options))
export const sfnClient = /* @__PURE__ */ perPlatform('sfn', (options) => new SFNClient(options))
export const snsClient = /* @__PURE__ */ perPlatform('sns', (options) => new SNSClient(options))
export const sqsClient = /* @__PURE__ */ perPlatform('sqs', (options) => new SQSClient(options))
export const ssmClient = /* @__PURE__ */ perPlatform('ssm', (options) => new SSMClient(options))
export const dynamoClient = /* @__PURE__ */ perPlatform('dynamodb', (options) =>
  DynamoDBDocumentClient.from(new DynamoDBClient(options), { marshallOptions: { removeUndefinedValues: true } }),
)
