import {
  AssociateIamInstanceProfileCommand,
  DescribeIamInstanceProfileAssociationsCommand,
  DescribeInstanceStatusCommand,
  DescribeInstancesCommand,
  GetConsoleOutputCommand,
  RebootInstancesCommand,
  StartInstancesCommand,
  StopInstancesCommand,
} from '@aws-sdk/client-ec2'
import type { AgentRef } from '../domain/agent.ts'
import { TransientError } from '../domain/errors.ts'
import type { Ec2Platform } from '../domain/evidence.ts'
import type { Platform } from '../runtime/platform.ts'
import { ec2ChangeClient, ec2Client } from './clients.ts'
import { guarded, isNamed } from './failures.ts'

export type InstanceView = Pick<
  Ec2Platform,
  | 'state'
  | 'stateReasonCode'
  | 'stateTransitionReason'
  | 'launchedAt'
  | 'instanceType'
  | 'rootDevice'
  | 'autoRecovery'
  | 'systemStatus'
  | 'instanceStatus'
>

/** EC2 instances by id: what they are and the changes that the medic makes to them. */
export interface Instances {
  describe(agent: AgentRef): Promise<InstanceView>
  /** ARN of the associated profile, null when there is none (associations that go away count as none). */
  profileOf(agent: AgentRef): Promise<string | null>
  attachProfile(agent: AgentRef, profileArn: string): Promise<void>
  reboot(agent: AgentRef): Promise<void>
  stop(agent: AgentRef): Promise<void>
  start(agent: AgentRef): Promise<void>
  /** Latest console output as lines, oldest first; empty when the instance has none yet. */
  consoleOutput(agent: AgentRef): Promise<{ lines: string[]; capturedAt: string | null }>
}

const states = ['pending', 'running', 'shutting-down', 'terminated', 'stopping', 'stopped'] as const
const gone: InstanceView = {
  state: 'not-found',
  stateReasonCode: null,
  stateTransitionReason: null,
  launchedAt: null,
  instanceType: null,
  rootDevice: null,
  autoRecovery: null,
  systemStatus: 'not-applicable',
  instanceStatus: 'not-applicable',
}
/** Associations that go away count as none. */
const standingAssociation = new Set(['associating', 'associated'])

export const awsInstances = (platform: Platform): Instances => {
  const client = () => ec2Client(platform)
  const changes = () => ec2ChangeClient(platform)
  return {
    async describe({ id }) {
      const described = await guarded(() => client().send(new DescribeInstancesCommand({ InstanceIds: [id] }))).catch(
        (error: unknown) => {
          if (isNamed(error, 'InvalidInstanceID.NotFound')) return undefined
          throw error
        },
      )
      const instance = described?.Reservations?.[0]?.Instances?.[0]
      if (!instance) return gone
      const { InstanceStatuses } = await guarded(() =>
        client().send(new DescribeInstanceStatusCommand({ InstanceIds: [id], IncludeAllInstances: true })),
      )
      const checks = InstanceStatuses?.[0]
      const state = states.find((name) => name === instance.State?.Name)
      if (!state)
        throw new TransientError(
          `EC2 answered the instance state "${instance.State?.Name ?? ''}", which is none of its documented ones`,
        )
      return {
        state,
        stateReasonCode: instance.StateReason?.Code ?? null,
        stateTransitionReason: instance.StateTransitionReason || null,
        launchedAt: instance.LaunchTime?.toISOString() ?? null,
        instanceType: instance.InstanceType ?? null,
        rootDevice: instance.RootDeviceType ?? null,
        autoRecovery: instance.MaintenanceOptions?.AutoRecovery ?? null,
        systemStatus: checks?.SystemStatus?.Status ?? 'not-applicable',
        instanceStatus: checks?.InstanceStatus?.Status ?? 'not-applicable',
      }
    },
    async profileOf({ id }) {
      const { IamInstanceProfileAssociations } = await guarded(() =>
        client().send(
          new DescribeIamInstanceProfileAssociationsCommand({ Filters: [{ Name: 'instance-id', Values: [id] }] }),
        ),
      )
      const standing = IamInstanceProfileAssociations?.find(({ State }) => State && standingAssociation.has(State))
      return standing?.IamInstanceProfile?.Arn ?? null
    },
    async attachProfile({ id }, Arn) {
      await guarded(() =>
        changes().send(new AssociateIamInstanceProfileCommand({ InstanceId: id, IamInstanceProfile: { Arn } })),
      )
    },
    async reboot({ id }) {
      await guarded(() => changes().send(new RebootInstancesCommand({ InstanceIds: [id] })))
    },
    async stop({ id }) {
      await guarded(() => changes().send(new StopInstancesCommand({ InstanceIds: [id] })))
    },
    async start({ id }) {
      await guarded(() => changes().send(new StartInstancesCommand({ InstanceIds: [id] })))
    },
    async consoleOutput({ id: InstanceId }) {
      const read = (of: { Latest?: boolean }) =>
        guarded(() => client().send(new GetConsoleOutputCommand({ InstanceId, ...of })))
      // What EC2 keeps is from the last boot or stop; the present output is told by Nitro instances only.
      const { Output, Timestamp } = await read({ Latest: true }).catch((error: unknown) => {
        if (isNamed(error, 'UnsupportedOperation')) return read({})
        throw error
      })
      const text = Output ? Buffer.from(Output, 'base64').toString('utf8') : ''
      return { lines: text.split(/\r?\n/).filter(Boolean), capturedAt: Timestamp?.toISOString() ?? null }
    },
  }
}
