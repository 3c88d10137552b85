import * as z from 'zod/mini'
import { parse } from '../domain/parse.ts'
import type { SignalKind } from '../domain/signal.ts'
import { agentSubject, poolOfGroup, poolSubject } from './places.ts'
import type { Reader } from './reader.ts'
import { ignored, rejected, tell } from './tell.ts'

/** `detail` of Auto Scaling's events (Amazon EC2 Auto Scaling user guide, "Amazon EC2 Auto Scaling event reference"). */
const detail = z.object({
  AutoScalingGroupName: z.string().check(z.minLength(1)),
  EC2InstanceId: z.optional(z.string()),
  LifecycleTransition: z.optional(z.string()),
  LifecycleHookName: z.optional(z.string()),
  StatusMessage: z.optional(z.string()),
  Cause: z.optional(z.string()),
})
type Activity = z.infer<typeof detail>

interface Props {
  detailType: string
  kind: SignalKind
  hears: string
  /** A launch that failed has no agent: it is the pool that lacks one. */
  of: 'agent' | 'pool'
  says(activity: Activity): string
  harmless?(activity: Activity): string | null
}

const activityReader = ({ detailType, kind, hears, of, says, harmless }: Props): Reader => ({
  source: 'aws.autoscaling',
  detailType,
  kinds: [kind],
  hears,
  async read(event, fleet) {
    const parsed = parse(detail, event.detail)
    if (!parsed.ok) return rejected('detail of an Auto Scaling event', parsed.problems)
    const activity = parsed.value
    const { AutoScalingGroupName: group, EC2InstanceId: id, StatusMessage, Cause } = activity
    const why = harmless?.(activity)
    if (why) return ignored(why)
    const pool = poolOfGroup(fleet, event, group)
    const named = of === 'agent' && id !== undefined && /^i-[0-9a-f]{8,17}$/.test(id)
    return tell(event, {
      kind,
      subjects: [pool ? (named ? agentSubject(pool, id) : poolSubject(pool)) : null],
      summary: says(activity),
      details: { group, message: StatusMessage, cause: Cause, hook: activity.LifecycleHookName },
      unknown: `no pool of fleet.json in ${event.account} ${event.region} has the group ${group}`,
    })
  },
})

export const launchFailed = activityReader({
  detailType: 'EC2 Instance Launch Unsuccessful',
  kind: 'instance-launch-failed',
  hears: 'a group could not launch an instance; the pool',
  of: 'pool',
  says: ({ AutoScalingGroupName, StatusMessage }) =>
    `${AutoScalingGroupName} could not launch an instance: ${StatusMessage ?? 'no reason given'}`,
})

export const terminateFailed = activityReader({
  detailType: 'EC2 Instance Terminate Unsuccessful',
  kind: 'instance-terminate-failed',
  hears: 'a group could not terminate an instance; the pool',
  of: 'pool',
  says: ({ AutoScalingGroupName, EC2InstanceId, StatusMessage }) =>
    `${AutoScalingGroupName} could not terminate ${EC2InstanceId ?? 'an instance'}: ${StatusMessage ?? 'no reason given'}`,
})

/** The launching half needs nobody: an instance that waits for its hook is no agent yet, and one that fails is told above. */
export const instanceLeaving = activityReader({
  detailType: 'EC2 Instance-terminate Lifecycle Action',
  kind: 'instance-leaving',
  hears: 'a group waits for a hook before it terminates an instance; the agent',
  of: 'agent',
  says: ({ AutoScalingGroupName, EC2InstanceId, LifecycleHookName }) =>
    `${AutoScalingGroupName} terminates ${EC2InstanceId ?? 'an instance'} and waits for ${LifecycleHookName ?? 'a hook'}`,
  harmless: ({ LifecycleTransition = '' }) =>
    LifecycleTransition === 'autoscaling:EC2_INSTANCE_TERMINATING' ? null : `the transition is ${LifecycleTransition}`,
})
