/**
 * The AWS calls of each function, by IAM action: the least that its code needs. A test replays every scenario and holds the
 * calls that were made against this list; what no scenario makes stands under `unseen` with its reason.
 */
const seesInstances = ['ec2:DescribeInstances', 'ec2:DescribeInstanceStatus'] as const
const seesProfiles = ['ec2:DescribeIamInstanceProfileAssociations'] as const
const seesGroups = ['autoscaling:DescribeAutoScalingGroups', 'autoscaling:DescribeAutoScalingInstances'] as const
const seesTasks = ['ecs:DescribeTasks', 'ecs:DescribeServices'] as const
const seesPool = [
  ...seesInstances,
  'autoscaling:DescribeAutoScalingGroups',
  'ssm:DescribeInstanceInformation',
  ...seesTasks,
  'ecs:ListTasks',
  'cloudwatch:GetMetricData',
] as const
const seesCalendars = ['ssm:GetCalendarState'] as const
const encrypts = ['kms:GenerateDataKey', 'kms:Decrypt'] as const

const closes = [
  'dynamodb:GetItem',
  'dynamodb:PutItem',
  'dynamodb:UpdateItem',
  'dynamodb:DeleteItem',
  'dynamodb:Query',
  'autoscaling:DescribeAutoScalingInstances',
  'autoscaling:ExitStandby',
  's3:PutObject',
  'sns:Publish',
  'sqs:SendMessage',
  ...encrypts,
] as const

const calls = {
  'open-incident': [
    ...seesCalendars,
    'autoscaling:DescribeAutoScalingInstances',
    'ec2:DescribeInstances',
    'dynamodb:GetItem',
    'dynamodb:PutItem',
    'dynamodb:UpdateItem',
    'dynamodb:DeleteItem',
    'dynamodb:Query',
    'sqs:SendMessage',
    'sns:Publish',
    ...encrypts,
  ],
  'start-host-probe': ['ssm:SendCommand'],
  'read-host-probe': ['ssm:GetCommandInvocation'],
  'collect-platform-evidence': [
    ...seesInstances,
    ...seesProfiles,
    ...seesGroups,
    'ssm:DescribeInstanceInformation',
    ...seesTasks,
  ],
  'collect-metrics-evidence': ['cloudwatch:GetMetricData'],
  'collect-logs-evidence': ['logs:FilterLogEvents'],
  diagnose: [],
  'collect-more': ['ec2:GetConsoleOutput'],
  'plan-remediation': [...seesCalendars, ...seesPool, 'dynamodb:GetItem', 'dynamodb:Query'],
  'request-approval': ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'sns:Publish', ...encrypts],
  'expire-approval': ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
  'close-incident': closes,
  'close-lost-incidents': [...closes, 'states:DescribeExecution'],
  'repeat-decisions': ['dynamodb:Query', 'dynamodb:UpdateItem', 'states:SendTaskSuccess'],
  'find-unattended': [
    ...seesCalendars,
    ...seesPool,
    'autoscaling:DescribeAutoScalingInstances',
    'cloudwatch:DescribeAlarms',
    'dynamodb:GetItem',
    'dynamodb:PutItem',
    'dynamodb:UpdateItem',
    'dynamodb:DeleteItem',
    'dynamodb:Query',
    'sns:Publish',
    'states:StartExecution',
    ...encrypts,
  ],
  'decide-approval': [
    'dynamodb:GetItem',
    'dynamodb:PutItem',
    'dynamodb:UpdateItem',
    'dynamodb:Query',
    'states:SendTaskSuccess',
  ],
  'recheck-plan': [...seesInstances, ...seesProfiles, ...seesTasks, 'cloudwatch:GetMetricData', 'dynamodb:UpdateItem'],
  'start-action': [
    ...seesCalendars,
    ...seesPool,
    ...seesProfiles,
    'autoscaling:DescribeAutoScalingInstances',
    'dynamodb:GetItem',
    'dynamodb:PutItem',
    'dynamodb:UpdateItem',
    'ssm:SendCommand',
    'ssm:ListCommands',
    'ec2:RebootInstances',
    'ec2:StopInstances',
    'ec2:StartInstances',
    'ec2:AssociateIamInstanceProfile',
    'iam:PassRole',
    'autoscaling:EnterStandby',
    'autoscaling:ExitStandby',
    'autoscaling:TerminateInstanceInAutoScalingGroup',
    'ecs:RunTask',
  ],
  'check-action': [
    ...seesInstances,
    ...seesProfiles,
    ...seesGroups,
    ...seesTasks,
    'ssm:GetCommandInvocation',
    'dynamodb:GetItem',
    'dynamodb:PutItem',
    'dynamodb:DeleteItem',
  ],
  'abandon-action': ['dynamodb:GetItem', 'dynamodb:PutItem'],
  'start-verification': ['ssm:SendCommand', 'dynamodb:UpdateItem'],
  'check-verification': [
    ...seesInstances,
    ...seesGroups,
    ...seesTasks,
    'ecs:ListTasks',
    'cloudwatch:GetMetricData',
    'ssm:GetCommandInvocation',
    'ssm:SendCommand',
  ],
  'end-attempt': ['dynamodb:GetItem', 'dynamodb:PutItem'],
  'publish-report': [
    'dynamodb:GetItem',
    'dynamodb:PutItem',
    'dynamodb:UpdateItem',
    'dynamodb:Query',
    's3:PutObject',
    'sns:Publish',
    ...encrypts,
  ],
  'release-incident': ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
} as const

export type Call = (typeof calls)[keyof typeof calls][number]

/** The IAM actions of a function. Throws for a handler that is not listed: a new one must say what it calls. */
export const callsOf = (name: string): readonly Call[] => {
  const found = (calls as Record<string, readonly Call[] | undefined>)[name]
  if (!found) throw new Error(`infra/calls.ts does not say what the function ${name} calls; add it`)
  return found
}

const underKey = 'SNS and SQS make it for their caller, since topics and queues lie under a customer key'
const underFault = 'made when a function or an execution dies; test/faults shows it'
const ofService = 'made for a task that a service schedules, whatever becomes of it'
const ofIds = 'made for pools of instances without a group'

/** Granted calls that no scenario makes, each with its reason; a test holds the list to what the scenarios make. */
export const unseenCalls: Record<string, Partial<Record<Call, string>>> = {
  'abandon-action': { 'dynamodb:GetItem': underFault, 'dynamodb:PutItem': underFault },
  'check-action': { 'ecs:DescribeServices': ofService },
  'close-incident': {
    'dynamodb:PutItem': underFault,
    'dynamodb:DeleteItem': underFault,
    'dynamodb:Query': underFault,
    'autoscaling:DescribeAutoScalingInstances': underFault,
    'autoscaling:ExitStandby': underFault,
    's3:PutObject': underFault,
    'sqs:SendMessage': underFault,
    'kms:GenerateDataKey': underKey,
    'kms:Decrypt': underKey,
  },
  'close-lost-incidents': {
    's3:PutObject': underFault,
    'sqs:SendMessage': underFault,
    'kms:GenerateDataKey': underKey,
    'kms:Decrypt': underKey,
  },
  'find-unattended': {
    'ecs:DescribeServices': ofService,
    'dynamodb:DeleteItem': 'made when a suppressed signal is over; test/steps/sweep shows it',
    'kms:GenerateDataKey': underKey,
    'kms:Decrypt': underKey,
  },
  'open-incident': { 'kms:GenerateDataKey': underKey, 'kms:Decrypt': underKey },
  'plan-remediation': { 'ec2:DescribeInstances': ofIds, 'ec2:DescribeInstanceStatus': ofIds },
  'publish-report': { 'kms:GenerateDataKey': underKey, 'kms:Decrypt': underKey },
  'recheck-plan': {
    'ecs:DescribeTasks': 'made where fleet.json gates replace-task',
    'ecs:DescribeServices': 'made where fleet.json gates replace-task',
  },
  'release-incident': { 'dynamodb:PutItem': 'made when an incident ends while it holds a slot; test/faults shows it' },
  'repeat-decisions': { 'dynamodb:UpdateItem': underFault, 'states:SendTaskSuccess': underFault },
  'request-approval': { 'kms:GenerateDataKey': underKey, 'kms:Decrypt': underKey },
  'start-action': {
    'ec2:DescribeInstances': ofIds,
    'ec2:DescribeInstanceStatus': ofIds,
    'ecs:DescribeServices': ofService,
    'ec2:DescribeIamInstanceProfileAssociations': underFault,
    'ssm:ListCommands': underFault,
    'iam:PassRole': 'EC2 and ECS ask for it; it is no call of its own',
  },
}
