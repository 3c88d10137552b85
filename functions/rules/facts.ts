import type { Channel } from '../domain/channel.ts'
import type { Ec2Platform, EcsPlatform, Evidence, MetricsFacts } from '../domain/evidence.ts'
import type { Fact } from '../domain/finding.ts'
import type { HostProbe } from '../domain/host-probe.ts'

export const fact = (name: string, value: string | number, channel: Channel): Fact => ({
  name,
  value: String(value),
  channel,
})

/** What the probe saw, or why there is none. */
export const hostOf = ({ host }: Evidence): { probe: HostProbe } | { reason: string } =>
  host.status === 'observed' ? { probe: host.value } : { reason: `host: ${host.reason}` }

export const ec2Of = ({ platform }: Evidence): Ec2Platform | undefined =>
  platform.status === 'observed' && platform.value.model === 'ec2' ? platform.value : undefined

export const ecsOf = ({ platform }: Evidence): EcsPlatform | undefined =>
  platform.status === 'observed' && platform.value.model === 'ecs' ? platform.value : undefined

export const metricsOf = ({ metrics }: Evidence): MetricsFacts | undefined =>
  metrics.status === 'observed' ? metrics.value : undefined

/** Lines of the agent's log, from the host and as shipped, oldest first. */
export const logLinesOf = (evidence: Evidence): string[] => [
  ...(evidence.logs.status === 'observed' ? evidence.logs.value.lines.map(({ message }) => message) : []),
  ...(evidence.host.status === 'observed' ? evidence.host.value.logLines : []),
]

/** The fullest file system of the host, by blocks or inodes. */
export const fullestDisk = ({ disks }: HostProbe): HostProbe['disks'][number] | undefined =>
  [...disks].sort((a, b) => b.usedPercent - a.usedPercent)[0]

export const heartbeatFact = (metrics: MetricsFacts | undefined): Fact[] => {
  if (!metrics) return []
  const age = metrics.heartbeat.lastSeenSecondsAgo
  return [
    fact('last heartbeat', age === null ? `none within ${metrics.windowMinutes} minutes` : `${age} s ago`, 'metrics'),
  ]
}

/** True when the agent's unit does not run. */
export const serviceIsDown = ({ service }: HostProbe): boolean =>
  service.state === 'inactive' || service.state === 'failed'

/** True when systemd starts the unit again and again, or has given up doing so. */
export const restartsAgainAndAgain = ({ service }: HostProbe, limit: number): boolean =>
  service.result === 'start-limit-hit' || (service.restarts ?? 0) > limit

/** A parse or validation error of a configuration file, as the common agents word it. */
export const configError =
  /(pars(e|ing)|syntax|invalid|unmarshal|decod\w*|unexpected (token|character|end)|could not (find|load|read)).{0,80}(config|\.json|\.ya?ml|\.toml|\.cfg)|(config|\.json|\.ya?ml|\.toml|\.cfg).{0,80}(pars(e|ing)|syntax|invalid|malformed|corrupt|unexpected)/i
