import type { AgentModel } from '../domain/agent.ts'
import type { Rung, RungContext } from './playbook.ts'

const hosts: readonly AgentModel[] = ['ec2', 'hybrid']

/** A group's own members, as EC2 tells them; a member that is going away is none any more. */
export const groupOf = ({ evidence }: RungContext) => {
  const { platform } = evidence
  return platform.status === 'observed' && platform.value.model === 'ec2' ? platform.value.group : null
}

const unitOf = ({ profile }: RungContext): string => profile.host?.unit ?? ''
const needsUnit = ({ profile }: RungContext): string | null =>
  profile.host ? null : `profile ${profile.name} has no host unit`
const needsGroup = (context: RungContext): string | null =>
  groupOf(context) ? null : 'the instance is in no Auto Scaling group, so nothing would launch its successor'
const inService = (context: RungContext): boolean => groupOf(context)?.lifecycle === 'InService'

/**
 * A group replaces a member that is not running: it waits in Standby for the time of the change, and leaves it always. A
 * group at its minimum can't do with one less, so it launches a substitute meanwhile.
 */
const throughStandby = (context: RungContext, actions: ReturnType<Rung['actions']>): ReturnType<Rung['actions']> => {
  const group = groupOf(context)
  if (!group || !inService(context)) return actions
  const KeepCapacity = String(group.desired <= group.min)
  return [
    { kind: 'enter-standby', parameters: { Group: group.name, KeepCapacity } },
    ...actions,
    { kind: 'exit-standby', parameters: { Group: group.name }, always: true },
  ]
}

export const restart: Rung = {
  id: 'restart',
  models: hosts,
  channel: 'ssm',
  gate: 'automatic',
  destructive: false,
  expectedEffect: 'the unit is active and its heartbeat is back',
  preconditions: ['agent-still-failing'],
  inapplicable: needsUnit,
  actions: (context) => [{ kind: 'restart-service', parameters: { Unit: unitOf(context) } }],
}

export const freeDiskSpace: Rung = {
  id: 'free-disk-space',
  models: hosts,
  channel: 'ssm',
  gate: 'automatic',
  destructive: false,
  expectedEffect: 'caches, rotated logs and old workspaces are gone, and the agent runs',
  preconditions: ['agent-still-failing'],
  inapplicable: needsUnit,
  actions: (context) => [
    {
      kind: 'free-disk-space',
      parameters: {
        Unit: unitOf(context),
        WorkspacePath: context.profile.host?.workspacePath ?? '',
        MaxAgeHours: '24',
      },
    },
    // A unit that stopped on ENOSPC does not come back by itself.
    { kind: 'restart-service', parameters: { Unit: unitOf(context) } },
  ],
}

export const restoreConfig: Rung = {
  id: 'restore-config',
  models: hosts,
  channel: 'ssm',
  gate: 'automatic',
  destructive: false,
  expectedEffect: 'the configuration file equals the stored copy, and the unit is active',
  preconditions: ['agent-still-failing'],
  inapplicable: (context) =>
    needsUnit(context) ??
    (context.pool.state.configParameter
      ? null
      : `pool ${context.pool.name} has no state.configParameter to restore from`) ??
    (context.profile.host?.configPath ? null : `profile ${context.profile.name} names no configuration file`),
  actions: (context) => [
    {
      kind: 'restore-config',
      parameters: {
        Unit: unitOf(context),
        ConfigPath: context.profile.host?.configPath ?? '',
        ConfigParameter: context.pool.state.configParameter ?? '',
      },
    },
  ],
}

/** `registered`: a reinstall may lose the registration at the CI server, which only a person can give anew. */
const reinstallGated = (gate: 'automatic' | 'approval'): Rung => ({
  id: 'reinstall',
  models: hosts,
  channel: 'ssm',
  gate,
  destructive: false,
  expectedEffect: 'the package is installed anew, its configuration kept, and the unit is active',
  preconditions: ['agent-still-failing'],
  inapplicable: (context) => {
    const { host, name, registration } = context.profile
    if (!host?.package) return `profile ${name} names no package to reinstall`
    if (registration && gate === 'automatic') return 'the agent holds a registration, so its reinstall is asked for'
    if (!registration && gate === 'approval')
      return 'the agent holds no registration, so its reinstall needs no approval'
    return null
  },
  actions: (context) => [
    { kind: 'reinstall', parameters: { Unit: unitOf(context), Package: context.profile.host?.package ?? '' } },
  ],
})
export const reinstall: readonly Rung[] = [reinstallGated('automatic'), reinstallGated('approval')]

export const reboot: Rung = {
  id: 'reboot',
  models: ['ec2'],
  channel: 'ec2-api',
  gate: 'approval',
  destructive: true,
  expectedEffect: 'the instance boots anew, its enabled units start, and Systems Manager reaches it',
  preconditions: ['instance-running', 'agent-still-failing'],
  inapplicable: () => null,
  actions: (context) => throughStandby(context, [{ kind: 'reboot', parameters: {} }]),
}

export const stopStart: Rung = {
  id: 'stop-start',
  models: ['ec2'],
  channel: 'ec2-api',
  gate: 'automatic',
  destructive: true,
  expectedEffect: 'the instance runs on other hardware and both status checks are ok',
  preconditions: ['instance-running'],
  inapplicable: ({ evidence }) => {
    const { platform } = evidence
    const root = platform.status === 'observed' && platform.value.model === 'ec2' ? platform.value.rootDevice : null
    if (root === 'ebs') return null
    return root === null ? 'the root device is not known' : 'an instance-store root device is lost by a stop'
  },
  actions: (context) =>
    throughStandby(context, [
      { kind: 'stop-instance', parameters: {} },
      { kind: 'start-instance', parameters: {} },
    ]),
}

export const replace: Rung = {
  id: 'replace',
  models: ['ec2'],
  channel: 'ec2-api',
  gate: 'approval',
  destructive: true,
  expectedEffect: 'the instance is terminated and its Auto Scaling group launches a successor that works',
  preconditions: ['instance-not-terminated', 'agent-still-failing'],
  inapplicable: needsGroup,
  actions: () => [{ kind: 'replace-instance', parameters: {} }],
}

/** The group replaces a member that fails its status checks by itself: it is left to do so, and what it did is verified. */
export const letGroupReplace: Rung = {
  id: 'let-group-replace',
  models: ['ec2'],
  channel: 'ec2-api',
  gate: 'automatic',
  destructive: false,
  expectedEffect: 'the Auto Scaling group has replaced the instance',
  preconditions: [],
  inapplicable: (context) =>
    needsGroup(context) ?? (inService(context) ? null : 'the group does not count the instance in service'),
  actions: () => [],
  otherHealers: (context) => [`Auto Scaling group ${groupOf(context)?.name ?? ''}`],
}

/**
 * EC2 recovers an instance whose system check fails on other hardware by itself, where its type allows it (EC2 guide,
 * "Automatic instance recovery"). A member of a group is replaced meanwhile, which `let-group-replace` waits for.
 */
export const letEc2Recover: Rung = {
  id: 'let-ec2-recover',
  models: ['ec2'],
  channel: 'ec2-api',
  gate: 'automatic',
  destructive: false,
  expectedEffect: 'EC2 has recovered the instance, and both status checks are ok',
  preconditions: [],
  inapplicable: (context) => {
    const { platform } = context.evidence
    if (platform.status !== 'observed' || platform.value.model !== 'ec2') return 'nothing is known of the instance'
    if (groupOf(context)) return 'its Auto Scaling group heals it'
    if (platform.value.systemStatus !== 'impaired') return 'EC2 recovers from failures of its own system check alone'
    return platform.value.autoRecovery === 'default' ? null : 'automatic recovery is not switched on for the instance'
  },
  actions: () => [],
  otherHealers: () => ['EC2 automatic recovery'],
}

const serviceOf = ({ evidence }: RungContext) => {
  const { platform } = evidence
  return platform.status === 'observed' && platform.value.model === 'ecs' ? platform.value.service : null
}

export const letServiceReplace: Rung = {
  id: 'let-service-replace',
  models: ['ecs'],
  channel: 'ecs-api',
  gate: 'automatic',
  destructive: false,
  expectedEffect: 'the ECS service has started another task',
  preconditions: [],
  inapplicable: (context) => (serviceOf(context) ? null : 'no service schedules the task'),
  actions: () => [],
  otherHealers: (context) => [`ECS service ${serviceOf(context)?.name ?? ''}`],
}

export const replaceTask: Rung = {
  id: 'replace-task',
  models: ['ecs'],
  channel: 'ecs-api',
  gate: 'automatic',
  destructive: false,
  expectedEffect: 'another task of the same definition runs',
  preconditions: ['task-still-stopped'],
  inapplicable: (context) => (serviceOf(context) ? "the service's scheduler replaces its tasks" : null),
  actions: () => [{ kind: 'replace-task', parameters: {} }],
}

export const attachProfile: Rung = {
  id: 'attach-profile',
  models: ['ec2'],
  channel: 'ec2-api',
  gate: 'approval',
  destructive: false,
  expectedEffect: 'the profile of fleet.json is associated, and the agent has credentials again',
  preconditions: ['instance-running', 'instance-profile-still-missing'],
  inapplicable: ({ pool }) => (pool.instanceProfileArn ? null : `pool ${pool.name} names no instanceProfileArn`),
  actions: ({ pool }) => [{ kind: 'attach-profile', parameters: { ProfileArn: pool.instanceProfileArn ?? '' } }],
}
