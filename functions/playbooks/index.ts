import type { Cause } from '../domain/cause.ts'
import type { Playbook, RungContext } from './playbook.ts'
import {
  attachProfile,
  freeDiskSpace,
  letEc2Recover,
  letGroupReplace,
  letServiceReplace,
  reboot,
  reinstall,
  replace,
  replaceTask,
  restart,
  restoreConfig,
  stopStart,
} from './rungs.ts'

const lookInto =
  (what: string) =>
  ({ pool }: RungContext): string =>
    `${what} The agent of pool ${pool.name} stays in quarantine until a person lifts it.`

/** One ladder per cause, in the order in which it is climbed (faults.md). What comes after the last rung is quarantine. */
export const playbooks: Record<Cause, Playbook> = {
  'service-stopped': {
    cause: 'service-stopped',
    rungs: [restart, ...reinstall, replace],
    asked: lookInto('Find out why the agent does not stay up: see the log lines in the report.'),
    endsAs: 'escalated',
  },
  'service-crash-loop': {
    cause: 'service-crash-loop',
    rungs: [restoreConfig, ...reinstall, replace],
    asked: lookInto('Find out why the agent ends at each start: see its exit code and log lines in the report.'),
    endsAs: 'escalated',
  },
  'memory-exhausted': {
    cause: 'memory-exhausted',
    rungs: [restart, replace],
    asked: lookInto('Give the agents more memory or fewer jobs at once.'),
    endsAs: 'escalated',
  },
  'disk-full': {
    cause: 'disk-full',
    rungs: [freeDiskSpace, replace],
    asked: lookInto('Grow the volume, or find what fills it.'),
    endsAs: 'escalated',
  },
  'config-corrupt': {
    cause: 'config-corrupt',
    rungs: [restoreConfig, replace],
    asked: lookInto('Correct the configuration and its stored copy.'),
    endsAs: 'escalated',
  },
  'ssm-agent-unreachable': {
    cause: 'ssm-agent-unreachable',
    rungs: [reboot, replace],
    asked: lookInto(
      'Look at the console output, and at the way from the instance to Systems Manager: DNS, port 443, clock, credentials.',
    ),
    endsAs: 'escalated',
  },
  'instance-impaired': {
    cause: 'instance-impaired',
    rungs: [letGroupReplace, letEc2Recover, stopStart, replace],
    asked: lookInto('Look at the status checks and the console output of the instance.'),
    endsAs: 'escalated',
  },
  'instance-profile-missing': {
    cause: 'instance-profile-missing',
    rungs: [attachProfile],
    asked: lookInto('Attach the instance profile, and find out who removed it.'),
    endsAs: 'escalated',
  },
  'instance-stopped-on-purpose': {
    cause: 'instance-stopped-on-purpose',
    rungs: [],
    asked: ({ pool }) =>
      `Somebody stopped the instance through the API: nothing was changed. Ask who did, and start it or take it out of pool ${pool.name}.`,
    endsAs: 'escalated',
  },
  'ecs-task-out-of-memory': {
    cause: 'ecs-task-out-of-memory',
    rungs: [letServiceReplace, replaceTask],
    asked: ({ pool }) =>
      `Give the task definition of pool ${pool.name} more memory: its container was killed for memory.`,
    endsAs: 'escalated',
  },
  'healthy-false-alarm': {
    cause: 'healthy-false-alarm',
    rungs: [],
    asked: () => 'Nothing. If the alarm keeps firing for healthy agents, correct its threshold.',
    endsAs: 'false-alarm',
  },
}
