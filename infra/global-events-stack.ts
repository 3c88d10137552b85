import { Duration, RemovalPolicy, Stack, type StackProps, Validations } from 'aws-cdk-lib'
import * as events from 'aws-cdk-lib/aws-events'
import * as targets from 'aws-cdk-lib/aws-events-targets'
import * as sqs from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import type { Pool } from '../functions/domain/fleet.ts'
import { globalRules, hearReadOnlyCalls } from './constructs/signal-rules.ts'

export interface GlobalEventsStackProps extends StackProps {
  /** The account's pools in other regions. */
  pools: readonly Pool[]
}

/** Where IAM and the global endpoint of STS record their calls. */
export const globalEventsRegion = 'us-east-1'

/**
 * Hands the events of IAM and of the global STS endpoint to the default buses of the regions where pools are. CloudTrail
 * tells of them in us-east-1 alone, and a rule hears its own region's bus.
 */
export class GlobalEventsStack extends Stack {
  constructor(scope: Construct, id: string, { pools, ...props }: GlobalEventsStackProps) {
    super(scope, id, {
      description: 'agent-medic: hands the events of IAM to the regions of the agents',
      tags: { 'agent-medic': 'true' },
      ...props,
    })
    const regions = [...new Set(pools.map(({ region }) => region))]
    const deadLetters = new sqs.Queue(this, 'DeadLetters', {
      queueName: 'agent-medic-global-dead-letters',
      encryption: sqs.QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
      removalPolicy: RemovalPolicy.DESTROY,
    })
    for (const [name, { pattern, readOnlyCalls }] of Object.entries(globalRules(pools))) {
      const rule = new events.Rule(this, name, { ruleName: `agent-medic-forward-${name}`, eventPattern: pattern })
      for (const region of regions)
        rule.addTarget(
          new targets.EventBus(
            events.EventBus.fromEventBusArn(
              this,
              `${name}-${region}`,
              `arn:${this.partition}:events:${region}:${this.account}:event-bus/default`,
            ),
            { deadLetterQueue: deadLetters },
          ),
        )
      if (readOnlyCalls) hearReadOnlyCalls(rule)
    }
    const acknowledge = (rule: string) =>
      Validations.of(this).acknowledge({ id: rule, reason: 'It is where events end that could not be handed on.' })
    acknowledge('AwsSolutions-SQS3')
    acknowledge('Serverless-SQSRedrivePolicy')
  }
}
