import * as z from 'zod/mini'
import { channel } from './channel.ts'
import { hostProbe } from './host-probe.ts'

/** A part of the evidence: observed, or unavailable with the reason. Missing data never reads as healthy. */
const part = <T extends z.core.$ZodType>(value: T) =>
  z.discriminatedUnion('status', [
    z.object({ status: z.literal('observed'), at: z.string(), channel, source: z.string(), value }),
    z.object({ status: z.literal('unavailable'), at: z.string(), channel, source: z.string(), reason: z.string() }),
  ])

export const pingStatus = z.enum(['Online', 'ConnectionLost', 'Inactive', 'not-registered'])

/** An EC2 agent as its APIs tell it. */
export const ec2Platform = z.object({
  model: z.literal('ec2'),
  /** EC2 instance state name, or `not-found` once the instance is no longer described. */
  state: z.enum(['pending', 'running', 'shutting-down', 'terminated', 'stopping', 'stopped', 'not-found']),
  /** EC2 StateReason.Code, such as `Client.UserInitiatedShutdown`, `Server.SpotInstanceTermination`. */
  stateReasonCode: z.nullable(z.string()),
  stateTransitionReason: z.nullable(z.string()),
  launchedAt: z.nullable(z.string()),
  instanceType: z.nullable(z.string()),
  rootDevice: z.nullable(z.enum(['ebs', 'instance-store'])),
  /** Whether EC2 recovers the instance by itself when its system check fails (simplified automatic recovery). */
  autoRecovery: z._default(z.nullable(z.enum(['default', 'disabled'])), null),
  /** EC2 status checks: `ok`, `impaired`, `initializing`, `insufficient-data`, `not-applicable`. */
  systemStatus: z.string(),
  instanceStatus: z.string(),
  /** ARN of the associated instance profile; null when there is none; absent when it could not be read. */
  instanceProfileArn: z.optional(z.nullable(z.string())),
  ping: z.nullable(pingStatus),
  ssmAgentVersion: z.nullable(z.string()),
  /** Membership in an Auto Scaling group; null for an instance of no group. */
  group: z.nullable(
    z.object({
      name: z.string(),
      lifecycle: z.string(),
      health: z.string(),
      min: z.int(),
      max: z.int(),
      desired: z.int(),
    }),
  ),
})
export type Ec2Platform = z.infer<typeof ec2Platform>

/** An ECS task as its API tells it. */
export const ecsPlatform = z.object({
  model: z.literal('ecs'),
  /** ECS lastStatus, or `not-found` an hour after the task stopped. */
  lastStatus: z.string(),
  desiredStatus: z.nullable(z.string()),
  stopCode: z.nullable(z.string()),
  stoppedReason: z.nullable(z.string()),
  stoppedAt: z.nullable(z.string()),
  healthStatus: z.nullable(z.string()),
  launchType: z.nullable(z.string()),
  taskDefinition: z.nullable(z.string()),
  memoryMiB: z.nullable(z.int()),
  containers: z.array(
    z.object({
      name: z.string(),
      lastStatus: z.nullable(z.string()),
      exitCode: z.nullable(z.int()),
      reason: z.nullable(z.string()),
    }),
  ),
  /** The service that schedules the task; null for a standalone task. */
  service: z.nullable(
    z.object({
      name: z.string(),
      desired: z.int(),
      running: z.int(),
      pending: z.int(),
      rollout: z.nullable(z.string()),
    }),
  ),
})
export type EcsPlatform = z.infer<typeof ecsPlatform>

/** An on-premises node as Systems Manager tells it. */
export const hybridPlatform = z.object({
  model: z.literal('hybrid'),
  ping: pingStatus,
  lastPingAt: z.nullable(z.string()),
  ssmAgentVersion: z.nullable(z.string()),
})
export type HybridPlatform = z.infer<typeof hybridPlatform>

/** Summary of one metric over the window that was read; null where no datapoint came. */
const metricSummary = z.nullable(
  z.object({ latest: z.number(), maximum: z.number(), average: z.number(), latestAt: z.string() }),
)

export const metricsFacts = z.object({
  windowMinutes: z.int(),
  heartbeat: z.object({
    /** Age of the newest heartbeat; null when none came in the window. */
    lastSeenSecondsAgo: z.nullable(z.int()),
    /** Heartbeats in the last fifteen minutes. */
    recentCount: z.int(),
  }),
  cpuPercent: metricSummary,
  memoryPercent: metricSummary,
  diskPercent: metricSummary,
  /** The pool's queue: jobs that wait. */
  queueDepth: metricSummary,
})
export type MetricsFacts = z.infer<typeof metricsFacts>

export const logsFacts = z.object({
  group: z.string(),
  lines: z.array(z.object({ at: z.string(), message: z.string() })),
  /** True when older lines of the window were left out. */
  truncated: z.boolean(),
})
export type LogsFacts = z.infer<typeof logsFacts>

export const consoleFacts = z.object({ lines: z.array(z.string()), capturedAt: z.nullable(z.string()) })

export const hostPart = part(hostProbe)
export const platformPart = part(z.discriminatedUnion('model', [ec2Platform, ecsPlatform, hybridPlatform]))
export const metricsPart = part(metricsFacts)
export const logsPart = part(logsFacts)
export const consolePart = part(consoleFacts)

/** One set of facts about the subject, each part from its own viewpoint. `console` is read only when a rule asks for it. */
export const evidence = z.object({
  host: hostPart,
  platform: platformPart,
  metrics: metricsPart,
  logs: logsPart,
  console: z.optional(consolePart),
})
export type Evidence = z.infer<typeof evidence>

/** Collectors that Diagnose may ask for beyond the first round, because they are dear or rarely settle anything. */
export const collectorName = z.enum(['console'])
export type CollectorName = z.infer<typeof collectorName>

export const unavailable = (at: Date, via: z.infer<typeof channel>, source: string, reason: string) => ({
  status: 'unavailable' as const,
  at: at.toISOString(),
  channel: via,
  source,
  reason: reason.slice(0, 500),
})

export const observed = <T>(at: Date, via: z.infer<typeof channel>, source: string, value: T) => ({
  status: 'observed' as const,
  at: at.toISOString(),
  channel: via,
  source,
  value,
})
