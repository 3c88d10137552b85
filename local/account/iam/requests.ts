import type { Fleet } from '../../../functions/domain/fleet.ts'
import type { AccountState } from '../state.ts'
import type { AccessRequest } from './policy.ts'

/** What a call asks of IAM (Service Authorization Reference), from its input and from the tags of what it names. */
export interface RequestContext {
  account: string
  region: string
  fleet: Fleet
  state: Pick<AccountState, 'instances'>
  /** The customer key of topics and queues: whoever publishes or sends must be allowed to use it. */
  keyArn: string
}

type Input = Record<string, unknown>
type Reader = (input: Input, context: RequestContext) => Omit<AccessRequest, 'action'>[] | AccessRequest[]

const text = (value: unknown): string => (typeof value === 'string' ? value : '')
const list = (value: unknown): string[] =>
  Array.isArray(value) ? value.map(text) : value === undefined ? [] : [text(value)]
const arn = ({ region, account }: RequestContext, service: string, resource: string) =>
  `arn:aws:${service}:${region}:${account}:${resource}`
const on = (resource: string, context: AccessRequest['context'] = {}) => ({ resource, context })
const anything: Reader = () => [on('*')]

const groupTag = (key: string, id: string, { state }: RequestContext): AccessRequest['context'] => {
  const group = state.instances.get(id)?.groupName
  return group ? { [key]: [group] } : {}
}
const instances =
  (field: string): Reader =>
  (input, context) =>
    list(input[field]).map((id) =>
      on(arn(context, 'ec2', `instance/${id}`), groupTag('aws:ResourceTag/aws:autoscaling:groupName', id, context)),
    )
const group: Reader = (input, context) => [
  on(
    arn(
      context,
      'autoscaling',
      `autoScalingGroup:00000000-0000-4000-8000-000000000000:autoScalingGroupName/${text(input['AutoScalingGroupName'])}`,
    ),
  ),
]
const passRole = (role: string, service: string): AccessRequest => ({
  action: 'iam:PassRole',
  resource: role,
  context: { 'iam:PassedToService': [service] },
})
const underKey = (resource: string, { keyArn }: RequestContext): AccessRequest[] =>
  ['kms:GenerateDataKey', 'kms:Decrypt']
    .map((action) => ({ action, resource: keyArn, context: {} }))
    .concat([{ action: '', resource, context: {} }])
const table: Reader = (input, context) => [
  on(
    arn(
      context,
      'dynamodb',
      `table/${text(input['TableName'])}${input['IndexName'] ? `/index/${text(input['IndexName'])}` : ''}`,
    ),
  ),
]
const cluster = (input: Input, context: RequestContext): AccessRequest['context'] => {
  const name = text(input['cluster'])
  return { 'ecs:cluster': [name.startsWith('arn:') ? name : arn(context, 'ecs', `cluster/${name}`)] }
}

const readers: Record<string, Reader> = {
  'ec2:DescribeInstances': anything,
  'ec2:DescribeInstanceStatus': anything,
  'ec2:DescribeIamInstanceProfileAssociations': anything,
  'ec2:GetConsoleOutput': instances('InstanceId'),
  'ec2:RebootInstances': instances('InstanceIds'),
  'ec2:StopInstances': instances('InstanceIds'),
  'ec2:StartInstances': instances('InstanceIds'),
  'ec2:AssociateIamInstanceProfile': (input, context) => {
    const profile = text((input['IamInstanceProfile'] as Input | undefined)?.['Arn'])
    const pool = context.fleet.pools.find(({ instanceProfileArn }) => instanceProfileArn === profile)
    const own = instances('InstanceId')(input, context).map((each) => ({
      ...each,
      action: 'ec2:AssociateIamInstanceProfile',
    }))
    // EC2 passes the role inside the profile; one that fleet.json does not tie to it is passed under the profile's own name.
    return [
      ...own,
      passRole(pool?.instanceRoleArn ?? profile.replace(':instance-profile/', ':role/'), 'ec2.amazonaws.com'),
    ]
  },
  'autoscaling:DescribeAutoScalingGroups': anything,
  'autoscaling:DescribeAutoScalingInstances': anything,
  'autoscaling:EnterStandby': group,
  'autoscaling:ExitStandby': group,
  'autoscaling:TerminateInstanceInAutoScalingGroup': (input, context) =>
    group({ AutoScalingGroupName: context.state.instances.get(text(input['InstanceId']))?.groupName ?? '' }, context),
  'ssm:SendCommand': (input, context) => [
    on(arn(context, 'ssm', `document/${text(input['DocumentName'])}`)),
    ...list(input['InstanceIds']).map((id) =>
      id.startsWith('mi-')
        ? on(arn(context, 'ssm', `managed-instance/${id}`))
        : on(arn(context, 'ec2', `instance/${id}`), groupTag('ssm:resourceTag/aws:autoscaling:groupName', id, context)),
    ),
  ],
  'ssm:GetCommandInvocation': anything,
  'ssm:ListCommands': anything,
  'ssm:DescribeInstanceInformation': anything,
  'ssm:GetCalendarState': (input, context) =>
    list(input['CalendarNames']).map((name) =>
      on(name.startsWith('arn:') ? name : arn(context, 'ssm', `document/${name}`)),
    ),
  'ecs:DescribeTasks': (input, context) =>
    list(input['tasks']).map((task) =>
      on(task.startsWith('arn:') ? task : arn(context, 'ecs', `task/${text(input['cluster'])}/${task}`)),
    ),
  'ecs:DescribeServices': (input, context) =>
    list(input['services']).map((name) => on(arn(context, 'ecs', `service/${text(input['cluster'])}/${name}`))),
  'ecs:ListTasks': (input, context) => [on('*', cluster(input, context))],
  'ecs:RunTask': (input, context) => {
    const definition = text(input['taskDefinition'])
    const family = definition.split('/').at(-1)?.split(':')[0] ?? ''
    const pool = context.fleet.pools.find(({ agents }) => 'family' in agents && agents.family === family)
    const roles = pool && 'family' in pool.agents ? pool.agents.roleArns : []
    const resource = definition.startsWith('arn:') ? definition : arn(context, 'ecs', `task-definition/${definition}`)
    return [
      { action: 'ecs:RunTask', ...on(resource, cluster(input, context)) },
      ...roles.map((role) => passRole(role, 'ecs-tasks.amazonaws.com')),
    ]
  },
  'cloudwatch:GetMetricData': anything,
  'cloudwatch:DescribeAlarms': anything,
  'logs:FilterLogEvents': (input, context) => [on(arn(context, 'logs', `log-group:${text(input['logGroupName'])}:*`))],
  'states:SendTaskSuccess': (_input, context) => [on(arn(context, 'states', 'stateMachine:agent-medic-remediate'))],
  'states:StartExecution': (input) => [on(text(input['stateMachineArn']))],
  'states:DescribeExecution': (input) => [on(text(input['executionArn']))],
  'dynamodb:GetItem': table,
  'dynamodb:PutItem': table,
  'dynamodb:UpdateItem': table,
  'dynamodb:DeleteItem': table,
  'dynamodb:Query': table,
  's3:PutObject': (input) => [on(`arn:aws:s3:::${text(input['Bucket'])}/${text(input['Key'])}`)],
  // The local topics are of an account of their own: their names count.
  'sns:Publish': (input, context) =>
    underKey(arn(context, 'sns', text(input['TopicArn']).split(':').at(-1) ?? ''), context),
  'sqs:SendMessage': (input, context) =>
    underKey(arn(context, 'sqs', text(input['QueueUrl']).split('/').at(-1) ?? ''), context),
}

const iamServices: Record<string, string> = { 'auto-scaling': 'autoscaling', sfn: 'states' }

/** Throws for a call that it does not know: what IAM asks about it must be written here first. */
export const requestsOf = (
  service: string,
  operation: string,
  input: Input,
  context: RequestContext,
): AccessRequest[] => {
  const action = `${iamServices[service] ?? service}:${operation}`
  const reader = readers[action]
  if (!reader) throw new Error(`local/account/iam/requests.ts does not say what IAM asks about ${action}; add it`)
  return reader(input, context).map((each) => ({
    action,
    ...each,
    ...('action' in each && each.action === '' ? { action } : {}),
  }))
}
