import type { Ec2Platform, EcsPlatform, Evidence, MetricsFacts } from '../../functions/domain/evidence.ts'
import type { HostProbe } from '../../functions/domain/host-probe.ts'

const at = '2026-01-15T02:03:16.000Z'
const seen = <T>(channel: 'ssm' | 'ec2-api' | 'ecs-api' | 'metrics' | 'logs', value: T) => ({
  status: 'observed' as const,
  at,
  channel,
  source: 'test',
  value,
})
export const unseen = (channel: 'ssm' | 'ec2-api' | 'metrics' | 'logs', reason = 'denied') => ({
  status: 'unavailable' as const,
  at,
  channel,
  source: 'test',
  reason,
})

/** A host on which all is well; `of` changes parts of it. */
export const aHostProbe = ({
  service,
  ...of
}: Partial<Omit<HostProbe, 'service'>> & { service?: Partial<HostProbe['service']> } = {}): HostProbe => ({
  schema: 1,
  bootId: '0b5f0f0e-9f5c-4f3f-8f0a-3c1d2e4f5a6b',
  uptimeSeconds: 172_800,
  epochSeconds: 1_768_442_596,
  service: {
    unit: 'codepipeline-job-worker.service',
    load: 'loaded',
    state: 'active',
    enabled: 'enabled',
    result: 'success',
    restarts: 0,
    exitCode: 0,
    mainPid: 1201,
    activeSinceEpochSeconds: 1_768_300_000,
    ...service,
  },
  disks: [{ mount: '/', usedPercent: 40, freeBytes: 12_000_000_000, inodesUsedPercent: 12 }],
  memory: { totalBytes: 8_000_000_000, availableBytes: 4_000_000_000, oomKillsLastHour: 0 },
  load: { cpus: 2, oneMinute: 0.4 },
  clock: { synchronised: true, offsetSeconds: 0.002 },
  config: { path: '/etc/worker.json', exists: true, matchesStored: true, comparison: null },
  endpoints: [],
  logLines: [],
  ...of,
})

export const anEc2Platform = (of: Partial<Ec2Platform> = {}): Ec2Platform => ({
  model: 'ec2',
  state: 'running',
  stateReasonCode: null,
  stateTransitionReason: null,
  launchedAt: '2026-01-13T02:03:11.000Z',
  instanceType: 'm7g.large',
  rootDevice: 'ebs',
  autoRecovery: 'default',
  systemStatus: 'ok',
  instanceStatus: 'ok',
  instanceProfileArn: 'arn:aws:iam::111122223333:instance-profile/linux-builders',
  ping: 'Online',
  ssmAgentVersion: '3.3.3572.0',
  group: { name: 'linux-builders', lifecycle: 'InService', health: 'Healthy', min: 2, max: 5, desired: 4 },
  ...of,
})

export const anEcsPlatform = (of: Partial<EcsPlatform> = {}): EcsPlatform => ({
  model: 'ecs',
  lastStatus: 'RUNNING',
  desiredStatus: 'RUNNING',
  stopCode: null,
  stoppedReason: null,
  stoppedAt: null,
  healthStatus: 'UNKNOWN',
  launchType: 'FARGATE',
  taskDefinition: 'arn:aws:ecs:eu-central-1:111122223333:task-definition/build:7',
  memoryMiB: 4096,
  containers: [{ name: 'build-agent', lastStatus: 'RUNNING', exitCode: null, reason: null }],
  service: null,
  ...of,
})

export const someMetrics = (of: Partial<MetricsFacts> = {}): MetricsFacts => ({
  windowMinutes: 60,
  heartbeat: { lastSeenSecondsAgo: 45, recentCount: 15 },
  cpuPercent: null,
  memoryPercent: null,
  diskPercent: null,
  queueDepth: null,
  ...of,
})

/** Evidence of an EC2 agent that is well. */
export const anEvidence = (
  of: {
    host?: HostProbe | null
    ec2?: Ec2Platform | null
    ecs?: EcsPlatform
    metrics?: MetricsFacts | null
    logs?: string[]
  } = {},
): Evidence => ({
  host: of.host === null || of.ecs ? unseen('ssm') : seen('ssm', of.host ?? aHostProbe()),
  platform: of.ecs
    ? seen('ecs-api', of.ecs)
    : of.ec2 === null
      ? unseen('ec2-api')
      : seen('ec2-api', of.ec2 ?? anEc2Platform()),
  metrics: of.metrics === null ? unseen('metrics') : seen('metrics', of.metrics ?? someMetrics()),
  logs: seen('logs', {
    group: '/agents/worker',
    lines: (of.logs ?? []).map((message) => ({ at, message })),
    truncated: false,
  }),
})
