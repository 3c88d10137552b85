import * as z from 'zod/mini'
import { isTimeZone } from './maintenance.ts'

const name = z.string().check(z.regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/, 'use letters, digits, - and _, at most 63'))
const percent = z.number().check(z.minimum(1), z.maximum(100))
const absolutePath = z.string().check(z.regex(/^\/[A-Za-z0-9._/@-]*$/, 'give an absolute path without spaces'))
const parameterName = z
  .string()
  .check(z.regex(/^\/[A-Za-z0-9._/-]{1,1010}$/, 'give a full parameter path such as /agents/linux/config'))
const endpoint = z
  .string()
  .check(
    z.regex(/^[A-Za-z0-9.-]{1,253}:\d{1,5}$/, 'write host:port, such as codepipeline.eu-central-1.amazonaws.com:443'),
  )
const dependency = z
  .string()
  .check(
    z.regex(
      /^((sg|acl|rtb|nat|vpce)-[0-9a-f]{8,17}|arn:aws[a-z-]*:(iam|codepipeline|codedeploy):[a-z0-9-]*:\d{12}:.+|\/[A-Za-z0-9._/-]{1,1010})$/,
      'give an id such as sg-0a1b2c3d4e5f67890, the ARN of a role, policy, pipeline or deployment group, or a parameter path',
    ),
  )
const seconds = z.int().check(z.minimum(1))
const described = <T extends z.core.$ZodType>(schema: T, description: string): T => {
  z.globalRegistry.add(schema, { description })
  return schema
}

/** How the agent software of a pool looks on its host or in its container. Data: a user adds one without touching code. */
export const agentProfile = z.strictObject({
  name: described(name, 'How pools refer to the profile.'),
  host: z.optional(
    z.strictObject({
      unit: described(
        z.string().check(z.regex(/^[A-Za-z0-9@._-]{1,128}$/, 'give a systemd unit name')),
        'The systemd unit.',
      ),
      package: z.optional(
        described(
          z.string().check(z.regex(/^[A-Za-z0-9.+_-]{1,128}$/)),
          'The deb or rpm package; without it nothing is reinstalled.',
        ),
      ),
      configPath: z.optional(described(absolutePath, "The agent's configuration file.")),
      logPath: z.optional(described(absolutePath, "The agent's own log file.")),
      workspacePath: z.optional(described(absolutePath, 'Where jobs are checked out and built.')),
    }),
  ),
  container: z.optional(
    z.strictObject({
      name: described(z.string(), 'The essential container of the task.'),
      logStreamPrefix: described(z._default(z.string(), 'ecs'), 'The awslogs-stream-prefix of its log configuration.'),
    }),
  ),
  logGroup: z.optional(
    described(
      z.string().check(z.regex(/^[A-Za-z0-9._/#-]{1,512}$/, 'give a log group name')),
      'The CloudWatch Logs group that the log is shipped to.',
    ),
  ),
  registration: described(
    z.boolean(),
    'True when the agent is registered with a CI server by a token: a reinstall is then gated, as it may lose the registration.',
  ),
  syntheticJob: described(z.enum(['none', 'workspace-write']), 'The job that proves the agent can work.'),
})
export type AgentProfile = z.infer<typeof agentProfile>

/** Which agents form the pool. */
export const agentSelector = z.union([
  z.strictObject({
    model: z.literal('ec2'),
    autoScalingGroup: described(
      z.string().check(z.minLength(1)),
      'The Auto Scaling group whose members are the agents.',
    ),
  }),
  z.strictObject({
    model: z.literal('ec2'),
    instanceIds: described(z.array(z.string().check(z.regex(/^i-[0-9a-f]{8,17}$/))), 'Instances of no group, by id.'),
  }),
  z.strictObject({
    model: z.literal('ecs'),
    cluster: z.string().check(z.minLength(1)),
    service: described(z.string().check(z.minLength(1)), 'The service that schedules the tasks.'),
  }),
  z.strictObject({
    model: z.literal('ecs'),
    cluster: z.string().check(z.minLength(1)),
    family: described(z.string().check(z.minLength(1)), 'Task-definition family of standalone tasks.'),
    roleArns: described(
      z._default(z.array(z.string().check(z.regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/.+$/))), []),
      'Task and execution role of the task definition, which RunTask passes on.',
    ),
    network: z.optional(
      described(
        z.strictObject({
          subnets: z.array(z.string().check(z.regex(/^subnet-[0-9a-f]{8,17}$/))).check(z.minLength(1), z.maxLength(16)),
          securityGroups: z._default(
            z.array(z.string().check(z.regex(/^sg-[0-9a-f]{8,17}$/))).check(z.maxLength(5)),
            [],
          ),
          assignPublicIp: z._default(z.boolean(), false),
        }),
        "Where a replacement task runs. Without it, the stopped task's subnet and the VPC's default security group: ECS does not tell the rest of a stopped task.",
      ),
    ),
  }),
  z.strictObject({ model: z.literal('codebuild'), project: z.string().check(z.minLength(1)) }),
  z.strictObject({
    model: z.literal('hybrid'),
    nodeIds: described(z.array(z.string().check(z.regex(/^mi-[0-9a-f]{17}$/))), 'Managed nodes, by id.'),
  }),
])

const thresholds = z.strictObject({
  cpuPercent: z._default(percent, 80),
  memoryPercent: z._default(percent, 80),
  diskPercent: z._default(percent, 80),
  /** A service with more automatic restarts than this is in a crash loop. */
  restarts: z._default(z.int().check(z.minimum(1)), 3),
  /** An agent silent for longer than this is not working. */
  heartbeatSeconds: z._default(seconds, 300),
  clockOffsetSeconds: z._default(seconds, 120),
  /** The same cause back within this time means that the repair did not help: the next rung is taken. */
  recurrenceMinutes: z._default(z.int().check(z.minimum(1), z.maximum(1440)), 120),
})

const limits = z.strictObject({
  /** Healthy agents that a change must leave in the pool. */
  minHealthy: z.int().check(z.nonnegative()),
  maxConcurrent: z._default(z.int().check(z.minimum(1)), 1),
  maxPerHour: z._default(z.int().check(z.minimum(1)), 6),
  /** Rungs an hour that are carried out on one agent without asking; then it is quarantined. */
  maxActionsPerHour: z._default(z.int().check(z.minimum(1), z.maximum(20)), 3),
  /** So many agents in trouble within ten minutes are a storm: one is tried first, the others wait. */
  stormAgents: z._default(z.int().check(z.minimum(2)), 5),
  /** Attempts of one incident before the agent is quarantined and a person called. */
  maxAttempts: z._default(z.int().check(z.minimum(1), z.maximum(8)), 5),
})

/** `automatic`, `approval` (a person says yes first) or `never` (the rung is skipped). */
export const gateSetting = z.enum(['automatic', 'approval', 'never'])

const wallTime = z.string().check(z.regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'write the time as HH:MM, such as 22:00'))

const maintenanceWindow = z
  .strictObject({
    name: z.string().check(z.minLength(1), z.maxLength(100)),
    /** Days on which it begins. */
    days: z.array(z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'])).check(z.minLength(1)),
    from: wallTime,
    /** A time before `from` is one of the next day. */
    to: wallTime,
    timeZone: z.string().check(z.refine(isTimeZone, 'give an IANA time zone such as Europe/Berlin')),
  })
  .check(z.refine(({ from, to }) => from !== to, 'from and to are the same; a window of a whole day ends at 23:59'))

export const pool = z.strictObject({
  name,
  account: z.string().check(z.regex(/^\d{12}$/, 'give the 12-digit account id')),
  region: z.string().check(z.regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'give a region such as eu-central-1')),
  environment: z.enum(['staging', 'production']),
  agents: agentSelector,
  profile: described(name, 'Name of a profile, built in or from this file.'),
  thresholds: z.prefault(thresholds, {}),
  endpoints: described(z._default(z.array(endpoint), []), 'What the agents must reach, as host:port.'),
  instanceProfileArn: z.optional(
    described(
      z.string().check(z.regex(/^arn:aws[a-z-]*:iam::\d{12}:instance-profile\/.+$/)),
      'The profile that attach-profile attaches; it is never taken from an event.',
    ),
  ),
  instanceRoleArn: z.optional(
    described(
      z.string().check(z.regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/.+$/)),
      'The role inside that profile: attaching the profile passes it to EC2.',
    ),
  ),
  state: z.prefault(
    z.strictObject({
      configParameter: z.optional(
        described(parameterName, 'Parameter Store copy of the configuration file, read by the host with its own role.'),
      ),
    }),
    {},
  ),
  limits,
  gates: described(
    z._default(z.record(z.string(), gateSetting), {}),
    'Per rung, where the built-in gate is not wanted.',
  ),
  approvers: described(
    z._default(z.union([z.literal(1), z.literal(2)]), 1),
    'How many different persons must approve a gated step.',
  ),
  approvalMinutes: described(
    z._default(z.int().check(z.minimum(1), z.maximum(1440)), 60),
    'How long a gated step waits for a person.',
  ),
  dependsOn: described(
    z._default(z.array(dependency), []),
    'Shared things that the agents need: a change or a failure there is a signal of this pool. Ids of security groups, network ACLs, route tables, NAT gateways and VPC endpoints; ARNs of roles, policies, pipelines and deployment groups; names of parameters.',
  ),
  maintenanceWindows: described(
    z._default(z.array(maintenanceWindow), []),
    'When people work on the pool: signals are kept and taken up afterwards.',
  ),
  changeCalendars: described(
    z._default(
      z.array(
        z
          .string()
          .check(
            z.regex(
              /^(arn:aws[a-z-]*:ssm:.+:document\/)?[A-Za-z0-9_.-]{3,128}$/,
              'give the name or ARN of a Change Calendar document',
            ),
          ),
      ),
      [],
    ),
    'Systems Manager Change Calendars: while one of them is closed, the pool is not changed.',
  ),
  protectedAgents: described(z._default(z.array(z.string()), []), 'Agents that are never changed.'),
  alarms: described(
    z._default(z.array(z.string()), []),
    'Names of alarms that speak for the whole pool and name no agent in a dimension.',
  ),
  notify: described(
    z._default(z.array(z.union([z.strictObject({ email: z.email() }), z.strictObject({ https: z.url() })])), []),
    'Who is told of this pool.',
  ),
})
export type Pool = z.infer<typeof pool>

/** `fleet.json`: which agents there are and what may be done to them. */
export const fleet = z.strictObject({
  $schema: z.optional(z.string()),
  version: z.literal(1),
  profiles: z._default(z.array(agentProfile), []),
  pools: z.array(pool).check(z.minLength(1)),
})
export type Fleet = z.infer<typeof fleet>
