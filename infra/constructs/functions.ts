import { Duration, RemovalPolicy } from 'aws-cdk-lib'
import * as iam from 'aws-cdk-lib/aws-iam'
import * as lambda from 'aws-cdk-lib/aws-lambda'
import * as logs from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'
import { functionTimeoutSeconds, pascalCase } from '../handlers.ts'

export interface MedicFunctionsProps {
  /** Handler name → folder of its bundle. */
  bundles: Map<string, string>
  environment: Record<string, string>
  /** The statements of one function: exactly the calls that its code makes. */
  permissionsOf(name: string): iam.PolicyStatement[]
  logRetention?: logs.RetentionDays
}

/** One Lambda per handler file, each with a role, a policy and a log group of its own. */
export class MedicFunctions extends Construct {
  readonly byName: ReadonlyMap<string, lambda.Function>
  /** Resources with an asterisk in the functions' policies: each needs a reason. */
  readonly wildcards = new Set<string>()

  constructor(scope: Construct, id: string, props: MedicFunctionsProps) {
    super(scope, id)
    this.byName = new Map([...props.bundles].map(([name, folder]) => [name, this.make(name, folder, props)]))
  }

  /** Throws when no handler has the name: a typing error in the stack. */
  get(name: string): lambda.Function {
    const found = this.byName.get(name)
    if (!found) throw new Error(`no handler is named ${name}; known are ${[...this.byName.keys()].join(', ')}`)
    return found
  }

  private make(name: string, folder: string, props: MedicFunctionsProps): lambda.Function {
    const functionName = `agent-medic-${name}`
    const logGroup = new logs.LogGroup(this, `${pascalCase(name)}Logs`, {
      logGroupName: `/aws/lambda/${functionName}`,
      retention: props.logRetention ?? logs.RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    })
    // A role of its own: the managed policy would let every function write to every log group.
    const role = new iam.Role(this, `${pascalCase(name)}Role`, {
      roleName: functionName,
      assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
    })
    logGroup.grantWrite(role)
    for (const statement of props.permissionsOf(name)) {
      role.addToPolicy(statement)
      for (const resource of statement.resources) if (resource.includes('*')) this.wildcards.add(resource)
    }
    return new lambda.Function(this, pascalCase(name), {
      functionName,
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      handler: 'index.handler',
      code: lambda.Code.fromAsset(folder),
      memorySize: 512,
      timeout: Duration.seconds(functionTimeoutSeconds(name)),
      tracing: lambda.Tracing.ACTIVE,
      logGroup,
      role,
      environment: { ...props.environment, POWERTOOLS_SERVICE_NAME: 'agent-medic' },
    })
  }
}
