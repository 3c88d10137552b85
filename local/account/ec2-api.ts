import { serviceError } from './errors.ts'
import { ids, type Operation, operation, z } from './input.ts'
import { checksOf, rebootInstance, startInstance, stopInstance } from './instances.ts'
import type { AccountState, Instance } from './state.ts'

const instanceIds = ids(/^.+$/, 1000)

/** EC2 checks the form of an id before it looks for the instance. */
const find = (state: AccountState, id: string): Instance => {
  if (!/^i-[0-9a-f]{8}([0-9a-f]{9})?$/.test(id))
    throw serviceError('InvalidInstanceID.Malformed', `Invalid id: "${id}"`)
  const found = state.instances.get(id)
  if (!found) throw serviceError('InvalidInstanceID.NotFound', `The instance ID '${id}' does not exist`)
  return found
}

const stateCodes = { pending: 0, running: 16, 'shutting-down': 32, terminated: 48, stopping: 64, stopped: 80 } as const
const stateOf = ({ state }: Instance) => ({ Code: stateCodes[state], Name: state })

const described = ({ account }: AccountState, instance: Instance) => ({
  InstanceId: instance.id,
  State: stateOf(instance),
  ...(instance.stateReason ? { StateReason: instance.stateReason } : {}),
  StateTransitionReason: instance.transitionReason,
  LaunchTime: instance.launchedAt,
  InstanceType: 'm7g.large',
  RootDeviceType: 'ebs',
  MaintenanceOptions: { AutoRecovery: 'default' },
  ...(instance.profileArn ? { IamInstanceProfile: { Arn: instance.profileArn, Id: 'AIPAEXAMPLE' } } : {}),
  Tags: instance.groupName ? [{ Key: 'aws:autoscaling:groupName', Value: instance.groupName }] : [],
  NetworkInterfaces: [{ OwnerId: account }],
})

const associationOf = (instance: Instance) => ({
  AssociationId: instance.associationId,
  InstanceId: instance.id,
  IamInstanceProfile: { Arn: instance.profileArn ?? '', Id: 'AIPAEXAMPLE' },
  State: 'associated',
})

const consoleLines = ({ host, impaired }: Instance): string[] => [
  '[    0.000000] Linux version 6.1.0 (simulated)',
  '[    3.214512] systemd[1]: Reached target multi-user.target - Multi-User System.',
  ...(impaired ? ['[ 9021.118220] blk_update_request: I/O error, dev nvme0n1'] : []),
  ...(host.memory.oomKillAt ? ['[ 8211.402113] Out of memory: Killed process 1201 (agent)'] : []),
]

export const ec2Api = (state: AccountState): Record<string, Operation> => {
  const { timeline } = state
  const change = (name: string, verb: (instance: Instance) => void, allowed: Instance['state'][]) =>
    operation('ec2', name, z.strictObject({ InstanceIds: instanceIds }), ({ InstanceIds }) => {
      const all = InstanceIds.map((id) => find(state, id))
      for (const instance of all)
        if (!allowed.includes(instance.state))
          throw serviceError(
            'IncorrectInstanceState',
            `The instance '${instance.id}' is not in a state from which it can be changed: ${instance.state}`,
          )
      const before = all.map(stateOf)
      for (const instance of all) verb(instance)
      const changes = all.map((instance, index) => ({
        InstanceId: instance.id,
        PreviousState: before[index],
        CurrentState: stateOf(instance),
      }))
      return name === 'StartInstances'
        ? { StartingInstances: changes }
        : name === 'StopInstances'
          ? { StoppingInstances: changes }
          : {}
    })
  return {
    DescribeInstances: operation(
      'ec2',
      'DescribeInstances',
      z.strictObject({ InstanceIds: instanceIds }),
      ({ InstanceIds }) => ({
        Reservations: InstanceIds.map((id) => ({ Instances: [described(state, find(state, id))] })),
      }),
    ),
    DescribeInstanceStatus: operation(
      'ec2',
      'DescribeInstanceStatus',
      z.strictObject({ InstanceIds: instanceIds, IncludeAllInstances: z.optional(z.boolean()) }),
      ({ InstanceIds, IncludeAllInstances }) => ({
        InstanceStatuses: InstanceIds.map((id) => find(state, id))
          // Without IncludeAllInstances EC2 tells of running instances only.
          .filter((instance) => IncludeAllInstances || instance.state === 'running')
          .map((instance) => {
            const checks = checksOf(instance, timeline.now())
            return {
              InstanceId: instance.id,
              InstanceState: stateOf(instance),
              SystemStatus: { Status: checks.system },
              InstanceStatus: { Status: checks.instance },
            }
          }),
      }),
    ),
    StartInstances: change('StartInstances', (instance) => startInstance(state, instance), [
      'stopped',
      'pending',
      'running',
    ]),
    StopInstances: change('StopInstances', (instance) => stopInstance(state, instance), [
      'running',
      'pending',
      'stopping',
      'stopped',
    ]),
    RebootInstances: change('RebootInstances', (instance) => rebootInstance(state, instance), ['running']),
    GetConsoleOutput: operation(
      'ec2',
      'GetConsoleOutput',
      z.strictObject({ InstanceId: z.string(), Latest: z.optional(z.boolean()) }),
      ({ InstanceId }) => {
        const instance = find(state, InstanceId)
        return {
          InstanceId,
          Output: Buffer.from(consoleLines(instance).join('\n')).toString('base64'),
          Timestamp: instance.launchedAt,
        }
      },
    ),
    DescribeIamInstanceProfileAssociations: operation(
      'ec2',
      'DescribeIamInstanceProfileAssociations',
      z.strictObject({
        Filters: z.array(z.strictObject({ Name: z.literal('instance-id'), Values: z.array(z.string()) })),
      }),
      ({ Filters }) => ({
        IamInstanceProfileAssociations: Filters.flatMap(({ Values }) => Values)
          .map((id) => state.instances.get(id))
          .filter((instance) => instance?.profileArn)
          .map((instance) => associationOf(instance as Instance)),
      }),
    ),
    AssociateIamInstanceProfile: operation(
      'ec2',
      'AssociateIamInstanceProfile',
      z.strictObject({ InstanceId: z.string(), IamInstanceProfile: z.strictObject({ Arn: z.string() }) }),
      ({ InstanceId, IamInstanceProfile }) => {
        const instance = find(state, InstanceId)
        if (instance.profileArn)
          throw serviceError('IncorrectState', `There is an existing association for instance ${InstanceId}`)
        if (!/^arn:aws:iam::\d{12}:instance-profile\/.+$/.test(IamInstanceProfile.Arn))
          throw serviceError(
            'InvalidParameterValue',
            `Value (${IamInstanceProfile.Arn}) for parameter iamInstanceProfile.arn is invalid`,
          )
        instance.profileArn = IamInstanceProfile.Arn
        instance.associationId = state.newId('iip-assoc-', 17)
        instance.host.credentialsUntil = null
        return { IamInstanceProfileAssociation: { ...associationOf(instance), State: 'associating' } }
      },
    ),
  }
}
