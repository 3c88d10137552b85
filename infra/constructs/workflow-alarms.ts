import { Duration } from 'aws-cdk-lib'
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch'
import * as actions from 'aws-cdk-lib/aws-cloudwatch-actions'
import type * as sns from 'aws-cdk-lib/aws-sns'
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions'
import { Construct } from 'constructs'
import { pascalCase } from '../handlers.ts'
import type { WorkflowName } from '../workflow-functions.ts'

export interface WorkflowAlarmsProps {
  stateMachines: Record<WorkflowName, sfn.StateMachine>
  escalations: sns.ITopic
}

const descriptions: Record<WorkflowName, string> = {
  remediate:
    'An execution of agent-medic died. Look at it in Step Functions; the closing rule frees its agent and reports.',
  sweep: 'The sweep of agent-medic failed: what no event brings is not taken up. Look at its last execution.',
}

/**
 * The last channel: when an execution dies, nobody may have been told by the medic itself. These alarms go to the
 * escalations topic past all of its code.
 */
export class WorkflowAlarms extends Construct {
  constructor(scope: Construct, id: string, { stateMachines, escalations }: WorkflowAlarmsProps) {
    super(scope, id)
    const action = new actions.SnsAction(escalations)
    const alarm = (name: string, metric: cloudwatch.IMetric, props: Partial<cloudwatch.AlarmProps>) =>
      new cloudwatch.Alarm(this, name, {
        alarmName: `agent-medic-${name}`,
        metric,
        threshold: 1,
        evaluationPeriods: 1,
        comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
        ...props,
      }).addAlarmAction(action)
    const period = Duration.minutes(1)
    for (const [workflow, machine] of Object.entries(stateMachines) as [WorkflowName, sfn.StateMachine][]) {
      const of = pascalCase(workflow)
      const alarmDescription = descriptions[workflow]
      alarm(`${of}Failed`, machine.metricFailed({ period }), { alarmDescription })
      alarm(`${of}TimedOut`, machine.metricTimedOut({ period }), { alarmDescription })
      alarm(`${of}Aborted`, machine.metricAborted({ period }), { alarmDescription })
    }
    alarm('SweepSilent', stateMachines.sweep.metricSucceeded({ period: Duration.minutes(15) }), {
      alarmDescription: 'No sweep of agent-medic has succeeded for a quarter of an hour: is its rule disabled?',
      comparisonOperator: cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
      treatMissingData: cloudwatch.TreatMissingData.BREACHING,
    })
  }
}
