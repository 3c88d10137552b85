import { RemovalPolicy } from 'aws-cdk-lib'
import * as iam from 'aws-cdk-lib/aws-iam'
import * as logs from 'aws-cdk-lib/aws-logs'
import * as sfn from 'aws-cdk-lib/aws-stepfunctions'
import { Construct } from 'constructs'
import { pascalCase, repository } from '../handlers.ts'
import { invokedFunctions, type WorkflowName } from '../workflow-functions.ts'
import type { MedicFunctions } from './functions.ts'

/** A state machine from its definition file; its role may invoke the functions that the file names, no others. */
export class Workflow extends Construct {
  readonly stateMachine: sfn.StateMachine

  constructor(scope: Construct, id: string, props: { name: WorkflowName; functions: MedicFunctions }) {
    super(scope, id)
    const { name } = props
    const invoked = invokedFunctions(name)
    const logGroup = new logs.LogGroup(this, 'Logs', {
      // Step Functions wants this prefix, else its log policy outgrows CloudWatch's limit in accounts with many workflows.
      logGroupName: `/aws/vendedlogs/states/agent-medic-${name}`,
      retention: logs.RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    })
    this.stateMachine = new sfn.StateMachine(this, pascalCase(name), {
      stateMachineName: `agent-medic-${name}`,
      stateMachineType: sfn.StateMachineType.STANDARD,
      definitionBody: sfn.DefinitionBody.fromFile(`${repository}state-machines/${name}.asl.json`),
      definitionSubstitutions: Object.fromEntries(
        invoked.map((each) => [`${pascalCase(each)}FunctionArn`, props.functions.get(each).functionArn]),
      ),
      tracingEnabled: true,
      // Execution data holds log lines and alarm texts: it stays in the history and out of the log.
      logs: { destination: logGroup, level: sfn.LogLevel.ERROR, includeExecutionData: false },
    })
    // grantInvoke would add every version and alias of each function; the definition names none.
    this.stateMachine.addToRolePolicy(
      new iam.PolicyStatement({
        actions: ['lambda:InvokeFunction'],
        resources: invoked.map((each) => props.functions.get(each).functionArn),
      }),
    )
  }
}
