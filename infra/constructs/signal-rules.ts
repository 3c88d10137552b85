import * as events from 'aws-cdk-lib/aws-events'
import { rolesOf } from '../../functions/domain/dependencies.ts'
import type { Pool } from '../../functions/domain/fleet.ts'
import { apiCall, denials } from '../../functions/signals/cloudtrail.ts'
import type { Reader } from '../../functions/signals/reader.ts'
import { readers } from '../../functions/signals/readers.ts'

export interface SignalRule {
  pattern: events.EventPattern
  /** Get, Describe and List calls too, which rules do not see unless their state says so. */
  readOnlyCalls?: true
  /** IAM records in us-east-1: the envelope gets the region of the rule, by which pools are looked up. */
  recordedElsewhere?: true
}

/** Which of a reader's events ask for something: what a reader would only ignore starts no execution. */
const asksFor: Record<string, NonNullable<events.EventPattern['detail']>> = {
  'CloudWatch Alarm State Change': { state: { value: ['ALARM'] } },
  'CloudWatch Alarm Contributor State Change': { state: { value: ['ALARM'] } },
  'EC2 Instance State-change Notification': { state: ['stopped', 'terminated'] },
  'ECS Task State Change': { lastStatus: ['STOPPED'] },
  'ECS Service Action': { eventType: ['WARN', 'ERROR'] },
  'ECS Deployment State Change': { eventType: ['ERROR'] },
  'CodeBuild Build State Change': { 'build-status': ['FAILED', 'FAULT', 'TIMED_OUT'] },
  'CodeBuild Build Phase Change': {
    'completed-phase-status': ['FAILED', 'FAULT', 'TIMED_OUT', 'CLIENT_ERROR'],
  },
  'CodePipeline Pipeline Execution State Change': { state: ['FAILED'] },
  'CodePipeline Stage Execution State Change': { state: ['FAILED'] },
  'CodePipeline Action Execution State Change': { state: ['FAILED'] },
  'CodeDeploy Deployment State-change Notification': { state: ['FAILURE'] },
  'CodeDeploy Instance State-change Notification': { state: ['FAILURE'] },
  'EC2 Command Invocation Status-change Notification': {
    status: [{ 'anything-but': ['Pending', 'InProgress', 'Delayed', 'Success', 'Cancelling', 'Cancelled'] }],
    // Our own commands are checked by the action that sent them.
    'document-name': [{ 'anything-but': { prefix: 'agent-medic-' } }],
  },
  'EC2 State Manager Instance Association State Change': { status: ['Failed'] },
  'Config Rules Compliance Change': { newEvaluationResult: { complianceType: ['NON_COMPLIANT'] } },
  'AWS Health Event': { eventTypeCategory: ['issue', 'scheduledChange'] },
}

/** `EC2 Spot Instance Interruption Warning` → `EC2SpotInstanceInterruptionWarning`. */
const nameOf = (words: string): string =>
  words
    .split(/[^A-Za-z0-9]+/)
    .map((word) => `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`)
    .join('')

/** A change that was refused changed nothing; a denial has a rule of its own. */
const callRule = ({ source, calls }: Reader): SignalRule => ({
  pattern: {
    source: [source],
    detailType: [apiCall],
    detail: { eventName: [...(calls ?? [])], errorCode: [{ exists: false }] },
  },
  ...(source === 'aws.iam' ? { recordedElsewhere: true } : {}),
})

/** Every denial of a role of the pools, by any service. */
const denialRule = (pools: readonly Pool[]): Record<string, SignalRule> => {
  const roles = [...new Set(pools.flatMap(rolesOf))]
  if (roles.length === 0) return {}
  return {
    AccessDenied: {
      pattern: {
        source: events.Match.prefix('aws.'),
        detailType: [apiCall],
        detail: { errorCode: [...denials], userIdentity: { sessionContext: { sessionIssuer: { arn: roles } } } },
      },
      readOnlyCalls: true,
      recordedElsewhere: true,
    },
  }
}

/**
 * The rules that start the workflow, by name: one per reader, from the readers themselves, so that no rule is without a
 * reader and no reader without a rule. A test replays every sample against what is synthesised from them.
 */
export const signalRules = (pools: readonly Pool[]): Record<string, SignalRule> => ({
  ...Object.fromEntries(
    readers
      .filter(({ source }) => source.startsWith('aws.') && source !== 'aws.*')
      .map((reader): [string, SignalRule] => {
        if (reader.calls) return [nameOf(reader.kinds[0] ?? ''), callRule(reader)]
        const detail = asksFor[reader.detailType]
        const pattern = { source: [reader.source], detailType: [reader.detailType], ...(detail ? { detail } : {}) }
        return [nameOf(reader.detailType), { pattern }]
      }),
  ),
  ...denialRule(pools),
})

/** What is recorded in us-east-1 and concerns the pools of other regions: a stack there hands it on. */
export const globalRules = (pools: readonly Pool[]): Record<string, SignalRule> =>
  Object.fromEntries(
    Object.entries(signalRules(pools))
      .filter(([, { recordedElsewhere }]) => recordedElsewhere)
      .map(([name, rule]) => [name, { ...rule, pattern: { ...rule.pattern, source: globalSources(rule) } }]),
  )

/** Calls to IAM and to the global endpoint of STS: of what is denied, the rest is recorded where it was called. */
const globalSources = ({ readOnlyCalls }: SignalRule): string[] =>
  readOnlyCalls ? ['aws.iam', 'aws.sts'] : ['aws.iam']

/** CloudFormation takes the state; the construct has no word for it. */
export const hearReadOnlyCalls = (rule: events.Rule): void => {
  ;(rule.node.defaultChild as events.CfnRule).state = 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS'
}

/** The event as it came, with the region of the rule for that where it was recorded. */
export const asOfHere = (region: string): events.RuleTargetInput =>
  events.RuleTargetInput.fromObject({
    ...Object.fromEntries(
      ['version', 'id', 'detail-type', 'source', 'account', 'time', 'resources', 'detail'].map((field) => [
        field,
        events.EventField.fromPath(`$.${field}`),
      ]),
    ),
    region,
  })

/** Said at synth and by an output of the stack. */
export const neededTrail =
  'Calls are heard through CloudTrail: the account needs a multi-region trail of management events, read and write (ReadWriteType All), with global service events, that excludes no event source.'
