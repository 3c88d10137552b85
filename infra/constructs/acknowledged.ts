import { Stack, Token, Validations } from 'aws-cdk-lib'
import type { Construct } from 'constructs'

const reasons: [RegExp, string][] = [
  [
    /^\*$/,
    'These calls take no resource: the Describe, Get and List calls of EC2, Auto Scaling, Systems Manager and CloudWatch, ListTasks (held to the clusters by a condition) and X-Ray.',
  ],
  [
    /:instance\/\*$/,
    "Members of a group come and go: a condition holds the statement to the groups of fleet.json by Auto Scaling's own tag.",
  ],
  [/:autoScalingGroup:\*:/, "The asterisk stands for the group's generated id; its name is given."],
  [
    /:(task|service|task-definition)\//,
    'Tasks, services and revisions of the clusters and families that fleet.json names.',
  ],
  [/:execution:agent-medic-remediate:\*$/, 'The executions of our own workflow.'],
  [/:log-group:/, 'The streams of one log group.'],
  [/\/incidents\/\*$/, 'One folder per incident, whose id is not known before.'],
  [/\/index\/by-status$/, 'One index.'],
]

/** A resource as cdk-nag names it: what is known only at deployment stands in pointed brackets. */
const named = (resource: string, { partition, account, region }: Stack): string =>
  Object.entries({ 'AWS::Partition': partition, 'AWS::AccountId': account, 'AWS::Region': region }).reduce(
    (text, [name, value]) => (Token.isUnresolved(value) ? text.replaceAll(value, `<${name}>`) : text),
    resource,
  )

/** Findings of cdk-nag that stand, each with its reason. `wildcards` are the resources with an asterisk in our policies. */
export const acknowledgeFindings = (medic: Construct, wildcards: ReadonlySet<string>): void => {
  const acknowledge = (id: string, reason: string) => Validations.of(medic).acknowledge({ id, reason })
  for (const resource of ['*', ...wildcards]) {
    const reason = reasons.find(([pattern]) => pattern.test(resource))?.[1]
    // A wildcard without a reason stays a finding, and synth fails on it.
    if (reason) acknowledge(`AwsSolutions-IAM5[Resource::${named(resource, Stack.of(medic))}]`, reason)
  }
  acknowledge(
    'Serverless-LambdaDLQ',
    'Step Functions and the function URL invoke synchronously; close-incident, which EventBridge invokes, has a failure destination.',
  )
  acknowledge('AwsSolutions-SQS3', 'It is where dead letters and rejected events end.')
  acknowledge('Serverless-SQSRedrivePolicy', 'It is where dead letters and rejected events end.')
  acknowledge(
    'AwsSolutions-SF1',
    'The history of each execution holds all events; the log takes errors, so that alarm texts and log lines of agents stay out of it.',
  )
}
