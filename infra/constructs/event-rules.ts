import { Duration } from 'aws-cdk-lib'
import * as events from 'aws-cdk-lib/aws-events'
import * as targets from 'aws-cdk-lib/aws-events-targets'
import type * as lambda from 'aws-cdk-lib/aws-lambda'
import type * as sqs from 'aws-cdk-lib/aws-sqs'
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions'
import { Construct } from 'constructs'

/** The events that have a reader in functions/signals; a test replays every sample against these patterns. */
export const eventPatterns: Record<string, events.EventPattern> = {
  // Only alarms in ALARM: the way back to OK needs nobody. Heartbeat alarms are alarms like any other.
  AlarmInAlarm: {
    source: ['aws.cloudwatch'],
    detailType: ['CloudWatch Alarm State Change'],
    detail: { state: { value: ['ALARM'] } },
  },
  EcsTaskStopped: {
    source: ['aws.ecs'],
    detailType: ['ECS Task State Change'],
    detail: { lastStatus: ['STOPPED'] },
  },
  InstanceStateChanged: {
    source: ['aws.ec2'],
    detailType: ['EC2 Instance State-change Notification'],
    detail: { state: ['stopped', 'terminated'] },
  },
  // Needs a trail that logs management events; synth and docs say so.
  InstanceProfileRemoved: {
    source: ['aws.ec2'],
    detailType: ['AWS API Call via CloudTrail'],
    detail: { eventSource: ['ec2.amazonaws.com'], eventName: ['DisassociateIamInstanceProfile'] },
  },
}

export interface EventRulesProps {
  stateMachine: sfn.IStateMachine
  /** Takes up every five minutes what no event brings. */
  sweep: sfn.IStateMachine
  /** Closes what an execution left that failed, timed out or was stopped. */
  closing: lambda.IFunction
  deadLetters: sqs.IQueue
}

/**
 * EventBridge rules that start the workflow with the raw event, and the one that closes what a dead execution left; what
 * can't be delivered goes to the dead-letter queue.
 */
export class EventRules extends Construct {
  constructor(scope: Construct, id: string, props: EventRulesProps) {
    super(scope, id)
    for (const [name, eventPattern] of Object.entries(eventPatterns))
      new events.Rule(this, name, {
        ruleName: `agent-medic-${name}`,
        eventPattern,
        targets: [
          new targets.SfnStateMachine(props.stateMachine, {
            deadLetterQueue: props.deadLetters,
            // EventBridge's own maximum: a storm makes events wait, it must not lose them.
            maxEventAge: Duration.hours(24),
            retryAttempts: 185,
          }),
        ],
      })
    new events.Rule(this, 'EveryFiveMinutes', {
      ruleName: 'agent-medic-EveryFiveMinutes',
      schedule: events.Schedule.rate(Duration.minutes(5)),
      targets: [
        new targets.SfnStateMachine(props.sweep, {
          input: events.RuleTargetInput.fromObject({ time: events.EventField.time }),
          deadLetterQueue: props.deadLetters,
          // The next one comes soon enough.
          maxEventAge: Duration.minutes(5),
          retryAttempts: 3,
        }),
      ],
    })
    // No Catch runs when a machine times out, is stopped or outgrows its limits.
    new events.Rule(this, 'ExecutionDied', {
      ruleName: 'agent-medic-ExecutionDied',
      eventPattern: {
        source: ['aws.states'],
        detailType: ['Step Functions Execution Status Change'],
        detail: {
          stateMachineArn: [props.stateMachine.stateMachineArn],
          status: ['FAILED', 'TIMED_OUT', 'ABORTED'],
        },
      },
      targets: [
        new targets.LambdaFunction(props.closing, {
          deadLetterQueue: props.deadLetters,
          maxEventAge: Duration.hours(24),
          retryAttempts: 185,
        }),
      ],
    })
  }
}
