import { Duration, RemovalPolicy } from 'aws-cdk-lib'
import * as iam from 'aws-cdk-lib/aws-iam'
import * as kms from 'aws-cdk-lib/aws-kms'
import * as sns from 'aws-cdk-lib/aws-sns'
import * as subscriptions from 'aws-cdk-lib/aws-sns-subscriptions'
import * as sqs from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import type { Pool } from '../../functions/domain/fleet.ts'

/** Topics for people, the queue of events that made no sense and the dead letters, all under one customer key. */
export class Messaging extends Construct {
  readonly key: kms.Key
  readonly topics: Record<'notices' | 'approvals' | 'escalations', sns.Topic>
  readonly rejectedEvents: sqs.Queue
  readonly deadLetters: sqs.Queue

  constructor(scope: Construct, id: string, props: { pools: readonly Pool[] }) {
    super(scope, id)
    this.key = new kms.Key(this, 'Key', {
      description: 'agent-medic: topics and queues',
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.DESTROY,
    })
    // Under the AWS-managed key, what alarms and rules publish is dropped without a word; a customer key can admit both.
    this.key.addToResourcePolicy(
      new iam.PolicyStatement({
        principals: [
          new iam.ServicePrincipal('cloudwatch.amazonaws.com'),
          new iam.ServicePrincipal('events.amazonaws.com'),
        ],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
        resources: ['*'],
      }),
    )
    const topic = (name: string) =>
      new sns.Topic(this, name, { topicName: `agent-medic-${name}`, masterKey: this.key, enforceSSL: true })
    this.topics = { notices: topic('notices'), approvals: topic('approvals'), escalations: topic('escalations') }
    const queue = (name: string) =>
      new sqs.Queue(this, name, {
        queueName: `agent-medic-${name}`,
        encryption: sqs.QueueEncryption.KMS,
        encryptionMasterKey: this.key,
        enforceSSL: true,
        retentionPeriod: Duration.days(14),
      })
    this.rejectedEvents = queue('rejected-events')
    this.deadLetters = queue('dead-letters')
    this.subscribe(props.pools)
  }

  /** Each target hears of its own pools only, by filter policy on the `pool` attribute. */
  private subscribe(pools: readonly Pool[]): void {
    const poolsOf = new Map<string, string[]>()
    for (const pool of pools)
      for (const target of pool.notify) {
        const address = 'email' in target ? target.email : target.https
        poolsOf.set(address, [...(poolsOf.get(address) ?? []), pool.name])
      }
    for (const [address, names] of poolsOf)
      for (const topic of Object.values(this.topics)) {
        const props = {
          deadLetterQueue: this.deadLetters,
          filterPolicy: { pool: sns.SubscriptionFilter.stringFilter({ allowlist: names }) },
        }
        const subscription = address.includes('://')
          ? new subscriptions.UrlSubscription(address, { ...props, protocol: sns.SubscriptionProtocol.HTTPS })
          : new subscriptions.EmailSubscription(address, props)
        topic.addSubscription(subscription)
      }
  }
}
