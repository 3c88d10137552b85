import * as iam from 'aws-cdk-lib/aws-iam'
import type { Pool } from '../functions/domain/fleet.ts'
import { profileOf } from '../functions/domain/load-fleet.ts'
import { type Call, callsOf } from './calls.ts'
import type { Messaging } from './constructs/messaging.ts'
import type { Storage } from './constructs/storage.ts'

export interface PermissionContext {
  account: string
  region: string
  partition: string
  pools: readonly Pool[]
  profiles: Parameters<typeof profileOf>[0]['profiles']
  /** Names of our own command documents. */
  documents: readonly string[]
  storage: Storage
  messaging: Messaging
}

interface Scope {
  resources: string[]
  conditions?: Record<string, Record<string, string | string[]>>
}

const definedIn = <T>(values: (T | undefined)[]): T[] => values.filter((value): value is T => value !== undefined)

/** Which resources each kind of call may touch: as narrow as the service allows, by the fleet's own words. */
const scopesOf = ({
  account,
  region,
  partition,
  pools,
  profiles,
  documents,
  storage,
  messaging,
}: PermissionContext) => {
  const arn = (service: string, resource: string) => `arn:${partition}:${service}:${region}:${account}:${resource}`
  const selectors = pools.map(({ agents }) => agents)
  const groups = selectors.flatMap((agents) => ('autoScalingGroup' in agents ? [agents.autoScalingGroup] : []))
  const instanceIds = selectors.flatMap((agents) => ('instanceIds' in agents ? agents.instanceIds : []))
  const nodes = selectors.flatMap((agents) => ('nodeIds' in agents ? agents.nodeIds : []))
  const clusters = [...new Set(selectors.flatMap((agents) => ('cluster' in agents ? [agents.cluster] : [])))]
  const families = selectors.flatMap((agents) => ('family' in agents ? [agents.family] : []))
  const calendars = [...new Set(pools.flatMap(({ changeCalendars }) => changeCalendars))]
  const inCluster = { ArnEquals: { 'ecs:cluster': clusters.map((name) => arn('ecs', `cluster/${name}`)) } }
  // The tag is Auto Scaling's own: nobody else may set a tag that begins with `aws:`.
  const members = (key: string): Scope[] =>
    groups.length > 0
      ? [{ resources: [arn('ec2', 'instance/*')], conditions: { StringEquals: { [key]: groups } } }]
      : []
  const named: Scope[] =
    instanceIds.length > 0 ? [{ resources: instanceIds.map((id) => arn('ec2', `instance/${id}`)) }] : []
  const changedInstances: Scope[] = [...members('aws:ResourceTag/aws:autoscaling:groupName'), ...named]
  const changedGroups: Scope[] =
    groups.length > 0
      ? [{ resources: groups.map((name) => arn('autoscaling', `autoScalingGroup:*:autoScalingGroupName/${name}`)) }]
      : []
  const everything: Scope[] = [{ resources: ['*'] }]
  const table: Scope[] = [{ resources: [storage.table.tableArn, `${storage.table.tableArn}/index/by-status`] }]
  const topics = Object.values(messaging.topics).map(({ topicArn }) => topicArn)
  const tasks = (kind: string): Scope[] =>
    clusters.length > 0 ? [{ resources: clusters.map((name) => arn('ecs', `${kind}/${name}/*`)) }] : []
  const passed = (service: string, roles: string[]): Scope[] =>
    roles.length > 0 ? [{ resources: roles, conditions: { StringEquals: { 'iam:PassedToService': service } } }] : []

  const scopes: Record<Call, Scope[]> = {
    'ec2:DescribeInstances': everything,
    'ec2:DescribeInstanceStatus': everything,
    'ec2:DescribeIamInstanceProfileAssociations': everything,
    'ec2:GetConsoleOutput': changedInstances,
    'ec2:RebootInstances': changedInstances,
    'ec2:StopInstances': changedInstances,
    'ec2:StartInstances': changedInstances,
    'ec2:AssociateIamInstanceProfile': changedInstances,
    'iam:PassRole': [
      ...passed('ec2.amazonaws.com', definedIn(pools.map(({ instanceRoleArn }) => instanceRoleArn))),
      ...passed(
        'ecs-tasks.amazonaws.com',
        selectors.flatMap((agents) => ('family' in agents ? agents.roleArns : [])),
      ),
    ],
    'autoscaling:DescribeAutoScalingGroups': everything,
    'autoscaling:DescribeAutoScalingInstances': everything,
    'autoscaling:EnterStandby': changedGroups,
    'autoscaling:ExitStandby': changedGroups,
    'autoscaling:TerminateInstanceInAutoScalingGroup': changedGroups,
    // Documents and instances stand apart: together, one's condition would have to hold for the other.
    'ssm:SendCommand': [
      { resources: documents.map((name) => arn('ssm', `document/${name}`)) },
      ...members('ssm:resourceTag/aws:autoscaling:groupName'),
      ...named,
      ...(nodes.length > 0 ? [{ resources: nodes.map((id) => arn('ssm', `managed-instance/${id}`)) }] : []),
    ],
    'ssm:GetCalendarState':
      calendars.length > 0
        ? [{ resources: calendars.map((name) => (name.startsWith('arn:') ? name : arn('ssm', `document/${name}`))) }]
        : [],
    'ssm:GetCommandInvocation': everything,
    'ssm:ListCommands': everything,
    'ssm:DescribeInstanceInformation': everything,
    'ecs:DescribeTasks': tasks('task'),
    'ecs:DescribeServices': tasks('service'),
    'ecs:ListTasks': clusters.length > 0 ? [{ resources: ['*'], conditions: inCluster }] : [],
    'ecs:RunTask':
      families.length > 0
        ? [{ resources: families.map((name) => arn('ecs', `task-definition/${name}:*`)), conditions: inCluster }]
        : [],
    'cloudwatch:GetMetricData': everything,
    'cloudwatch:DescribeAlarms': everything,
    'logs:FilterLogEvents': [
      {
        resources: [
          ...new Set(definedIn(pools.map((pool) => profileOf({ version: 1, pools: [], profiles }, pool).logGroup))),
        ].map((name) => arn('logs', `log-group:${name}:*`)),
      },
    ],
    'states:SendTaskSuccess': [{ resources: [arn('states', 'stateMachine:agent-medic-remediate')] }],
    'states:StartExecution': [{ resources: [arn('states', 'stateMachine:agent-medic-remediate')] }],
    'states:DescribeExecution': [{ resources: [arn('states', 'execution:agent-medic-remediate:*')] }],
    'dynamodb:GetItem': table,
    'dynamodb:PutItem': table,
    'dynamodb:UpdateItem': table,
    'dynamodb:DeleteItem': table,
    'dynamodb:Query': table,
    's3:PutObject': [{ resources: [`arn:${partition}:s3:::agent-medic-reports-${account}-${region}/incidents/*`] }],
    'sns:Publish': [{ resources: topics }],
    'sqs:SendMessage': [{ resources: [messaging.rejectedEvents.queueArn] }],
    'kms:GenerateDataKey': [{ resources: [messaging.key.keyArn] }],
    'kms:Decrypt': [{ resources: [messaging.key.keyArn] }],
  }
  return scopes
}

/** The policy statements of a function: exactly the calls of `calls.ts`, each on its scope; calls of one scope share a statement. */
export const permissionsFor = (context: PermissionContext) => {
  const scopes = scopesOf(context)
  return (name: string): iam.PolicyStatement[] => {
    const byScope = new Map<string, { scope: Scope; actions: string[] }>()
    for (const call of callsOf(name))
      for (const scope of scopes[call]) {
        const key = JSON.stringify(scope)
        const known = byScope.get(key) ?? { scope, actions: [] }
        known.actions.push(call)
        byScope.set(key, known)
      }
    return [...byScope.values()].map(
      ({ scope: { resources, conditions }, actions }) =>
        new iam.PolicyStatement({ actions, resources, ...(conditions ? { conditions } : {}) }),
    )
  }
}
