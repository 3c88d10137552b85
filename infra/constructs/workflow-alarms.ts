import { Duration } from 'aws-cdk-lib'
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch'
import * as actions from 'aws-cdk-lib/aws-cloudwatch-actions'
import type * as sns from 'aws-cdk-lib/aws-sns'
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions'
import { Construct } from 'constructs'

/**
 * The last channel: when an execution of the workflow dies, nobody may have been told by the medic itself. These alarms go
 * to the escalations topic past all of its code.
 */
export class WorkflowAlarms extends Construct {
  constructor(scope: Construct, id: string, props: { stateMachine: sfn.StateMachine; escalations: sns.ITopic }) {
    super(scope, id)
    const period = Duration.minutes(1)
    const metrics = {
      Failed: props.stateMachine.metricFailed({ period }),
      TimedOut: props.stateMachine.metricTimedOut({ period }),
      Aborted: props.stateMachine.metricAborted({ period }),
    }
    for (const [name, metric] of Object.entries(metrics))
      new cloudwatch.Alarm(this, name, {
        alarmName: `agent-medic-executions-${name}`,
        alarmDescription:
          'An execution of agent-medic died. Look at it in Step Functions; the closing rule frees its agent and reports.',
        metric,
        threshold: 1,
        evaluationPeriods: 1,
        comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
      }).addAlarmAction(new actions.SnsAction(props.escalations))
  }
}
