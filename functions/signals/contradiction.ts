import type { Envelope } from './reader.ts'

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

/** Fields by which a service repeats account and region inside `detail`. */
const accountFields = ['awsAccountId', 'recipientAccountId']
/** An action of a pipeline may run in another region than its pipeline, so `region` speaks for CodeDeploy alone. */
const regionFields = ({ source }: Envelope): string[] =>
  source === 'aws.codedeploy' ? ['awsRegion', 'region'] : ['awsRegion']
const arnFields = ['clusterArn', 'taskArn', 'containerInstanceArn', 'serviceArn', 'build-id', 'configRuleARN']
const idFields = ['instance-id', 'EC2InstanceId', 'instanceId']

/** IAM and the global endpoint of STS record in us-east-1, wherever the rule stands that hands the event over. */
const isElsewhere = ({ source }: Envelope, region: string): boolean =>
  region === 'us-east-1' && (source === 'aws.iam' || source === 'aws.sts')

/** What is wrong with an ARN of another account or region; Spot events give a zone for the region, and no account. */
const arnProblem = (arn: string, { account, region }: Envelope): string | null => {
  const [scheme, , , arnRegion = '', arnAccount = ''] = arn.split(':')
  if (scheme !== 'arn') return null
  if (/^\d{12}$/.test(arnAccount) && arnAccount !== account) return `account ${arnAccount}`
  return arnRegion !== '' && !arnRegion.startsWith(region) ? `region ${arnRegion}` : null
}

/**
 * How `detail` and `resources` contradict the envelope; null when they agree. EventBridge writes account, region and time
 * itself for what a service sends, so an event whose inside tells of another place was not made by AWS.
 */
export const contradictionIn = (event: Envelope): string | null => {
  const { detail, resources, account, region, source } = event
  // Health tells of other regions by design: copies go to a second region, and organisations see their members.
  if (source === 'aws.health') return null
  for (const field of accountFields) {
    const said = text(detail[field])
    if (said !== undefined && said !== account) return `detail.${field} is of another account than the envelope`
  }
  for (const field of regionFields(event)) {
    const said = text(detail[field])
    if (said !== undefined && said !== region && !isElsewhere(event, said))
      return `detail.${field} is another region than the envelope's`
  }
  for (const field of arnFields) {
    const problem = arnProblem(text(detail[field]) ?? '', event)
    if (problem) return `detail.${field} is of ${problem}, the envelope is not`
  }
  for (const arn of resources) {
    const problem = arnProblem(arn, event)
    if (problem) return `resources names an ARN of ${problem}, the envelope does not`
  }
  return namesAnother(event)
}

/** `resources` and `detail` name the same alarm and the same instance. */
const namesAnother = ({ detail, resources }: Envelope): string | null => {
  const alarm = text(detail['alarmName'])
  const alarms = resources.flatMap((arn) => arn.split(':alarm:')[1] ?? [])
  if (alarm !== undefined && alarms.length > 0 && !alarms.includes(alarm))
    return 'resources and detail.alarmName name different alarms'
  const instances = resources.flatMap((arn) => /:instance\/(.+)$/.exec(arn)?.[1] ?? [])
  const id = idFields.map((field) => text(detail[field])).find((each) => each !== undefined)
  if (id !== undefined && instances.length > 0 && !instances.includes(id))
    return 'resources and detail name different instances'
  return null
}
