import { ArnFormat, CfnOutput, Stack } from 'aws-cdk-lib'
import * as iam from 'aws-cdk-lib/aws-iam'
import * as lambda from 'aws-cdk-lib/aws-lambda'
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions'
import { Construct } from 'constructs'
import type { Fleet } from '../../functions/domain/fleet.ts'
import { permissionsFor } from '../permissions.ts'
import { acknowledgeFindings } from './acknowledged.ts'
import { EventRules } from './event-rules.ts'
import { MedicFunctions } from './functions.ts'
import { HostCommands } from './host-commands.ts'
import { Messaging } from './messaging.ts'
import { Storage } from './storage.ts'
import { Workflow } from './workflow.ts'
import { WorkflowAlarms } from './workflow-alarms.ts'

export interface AgentMedicProps {
  /** The checked fleet; only the pools of this construct's account and region are its own. */
  fleet: Fleet
  /** Handler name → folder of its bundle, from `bundleHandlers`. */
  bundles: Map<string, string>
  /** More environment for every function, such as LOG_LEVEL; the construct's own keys win. */
  environment?: Record<string, string>
}

/** The whole of agent-medic for one account and region; usable in anybody's own CDK app. */
export class AgentMedic extends Construct {
  readonly stateMachine: sfn.StateMachine
  readonly storage: Storage
  readonly messaging: Messaging

  constructor(scope: Construct, id: string, props: AgentMedicProps) {
    super(scope, id)
    const { account, region, partition } = Stack.of(this)
    const pools = props.fleet.pools.filter((pool) => pool.account === account && pool.region === region)
    this.storage = new Storage(this, 'Storage')
    this.messaging = new Messaging(this, 'Messaging', { pools })
    const documents = new HostCommands(this, 'HostCommands')

    const functions = new MedicFunctions(this, 'Functions', {
      bundles: props.bundles,
      environment: {
        ...props.environment,
        FLEET_FILE: 'fleet.json',
        TABLE_NAME: this.storage.table.tableName,
        REPORTS_BUCKET: this.storage.reports.bucketName,
        NOTICES_TOPIC_ARN: this.messaging.topics.notices.topicArn,
        APPROVALS_TOPIC_ARN: this.messaging.topics.approvals.topicArn,
        ESCALATIONS_TOPIC_ARN: this.messaging.topics.escalations.topicArn,
        REJECTED_EVENTS_QUEUE_URL: this.messaging.rejectedEvents.queueUrl,
        // By name: a reference to the state machine would be a circle, as it names the functions.
        REMEDIATE_STATE_MACHINE_ARN: Stack.of(this).formatArn({
          service: 'states',
          resource: 'stateMachine',
          resourceName: 'agent-medic-remediate',
          arnFormat: ArnFormat.COLON_RESOURCE_NAME,
        }),
      },
      permissionsOf: permissionsFor({
        account,
        region,
        partition,
        pools,
        profiles: props.fleet.profiles,
        documents: documents.documentNames,
        storage: this.storage,
        messaging: this.messaging,
      }),
    })
    const workflow = new Workflow(this, 'Workflow', { name: 'remediate', functions })
    const sweep = new Workflow(this, 'Sweep', { name: 'sweep', functions })
    this.stateMachine = workflow.stateMachine
    this.keepFailures(functions.get('close-incident'))
    new EventRules(this, 'Events', {
      pools,
      stateMachine: workflow.stateMachine,
      sweep: sweep.stateMachine,
      closing: functions.get('close-incident'),
      deadLetters: this.messaging.deadLetters,
    })
    new WorkflowAlarms(this, 'Alarms', {
      stateMachines: { remediate: workflow.stateMachine, sweep: sweep.stateMachine },
      escalations: this.messaging.topics.escalations,
    })

    // The decision function answers signed requests only; who may approve is a matter of IAM (lambda:InvokeFunctionUrl).
    const decisions = functions.get('decide-approval').addFunctionUrl({ authType: lambda.FunctionUrlAuthType.AWS_IAM })
    new CfnOutput(this, 'DecisionUrl', {
      value: decisions.url,
      description: 'Set AGENT_MEDIC_GATE_URL to this for npm run gate.',
    })
    acknowledgeFindings(this, functions.wildcards)
  }

  /** EventBridge invokes the closing asynchronously: what it fails at three times must not vanish. The sweep closes it meanwhile. */
  private keepFailures(closing: lambda.Function): void {
    const { queueArn } = this.messaging.deadLetters
    closing.addToRolePolicy(new iam.PolicyStatement({ actions: ['sqs:SendMessage'], resources: [queueArn] }))
    new lambda.CfnEventInvokeConfig(this, 'ClosingFailures', {
      functionName: closing.functionName,
      qualifier: '$LATEST',
      maximumRetryAttempts: 2,
      destinationConfig: { onFailure: { destination: queueArn } },
    })
  }
}
