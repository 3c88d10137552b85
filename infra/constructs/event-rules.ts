import { Annotations, CfnOutput, Duration, Stack } from 'aws-cdk-lib'
import * as events from 'aws-cdk-lib/aws-events'
import * as targets from 'aws-cdk-lib/aws-events-targets'
import type * as lambda from 'aws-cdk-lib/aws-lambda'
import type * as sqs from 'aws-cdk-lib/aws-sqs'
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions'
import { Construct } from 'constructs'
import type { Pool } from '../../functions/domain/fleet.ts'
import { asOfHere, hearReadOnlyCalls, neededTrail, signalRules } from './signal-rules.ts'

export interface EventRulesProps {
  /** The pools of this account and region; the denials that are heard are those of their roles. */
  pools: readonly Pool[]
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
    for (const [name, { pattern, readOnlyCalls, recordedElsewhere }] of Object.entries(signalRules(props.pools))) {
      const rule = new events.Rule(this, name, {
        ruleName: `agent-medic-${name}`,
        eventPattern: pattern,
        targets: [
          new targets.SfnStateMachine(props.stateMachine, {
            ...(recordedElsewhere ? { input: asOfHere(Stack.of(this).region) } : {}),
            deadLetterQueue: props.deadLetters,
            // EventBridge's own maximum: a storm makes events wait, it must not lose them.
            maxEventAge: Duration.hours(24),
            retryAttempts: 185,
          }),
        ],
      })
      if (readOnlyCalls) hearReadOnlyCalls(rule)
    }
    Annotations.of(this).addInfoV2('agent-medic:trail', neededTrail)
    new CfnOutput(this, 'NeededTrail', { value: neededTrail })
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
