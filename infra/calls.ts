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
