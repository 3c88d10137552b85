import type { Fact } from '../domain/finding.ts'
import { fact, hostOf, metricsOf } from './facts.ts'
import { insufficient, matched, notMatched, type Rule } from './rule.ts'

const cause = 'memory-exhausted'

/**
 * The kernel killed the agent for memory. Neighbours: exit 137 alone is also what a stop time-out leaves (SIGKILL), so it
 * needs the kernel's word, systemd's word, or memory above the pool's threshold before it.
 */
export const memoryExhausted: Rule = {
  cause,
  explains: ['service-stopped', 'service-crash-loop'],
  judge(evidence, { pool }) {
    const seen = hostOf(evidence)
    if ('reason' in seen) return insufficient(cause, ['host.memory', 'host.service'], seen.reason)
    const { service, memory } = seen.probe
    const peak = metricsOf(evidence)?.memoryPercent?.maximum
    const wasHigh = peak !== undefined && peak >= pool.thresholds.memoryPercent
    const killedByKernel = (memory.oomKillsLastHour ?? 0) > 0
    const killed = service.result === 'oom-kill' || (service.exitCode === 137 && (killedByKernel || wasHigh))
    if (!killed) {
      if (service.exitCode === 137 && memory.oomKillsLastHour === null && peak === undefined)
        return insufficient(
          cause,
          ['host.memory.oomKillsLastHour', 'metrics.memoryPercent'],
          'exit 137, but neither the kernel log nor the memory metric could be read',
        )
      return notMatched(
        cause,
        `exit code ${service.exitCode ?? 'not known'}, ${memory.oomKillsLastHour ?? 'unknown'} kernel OOM kills`,
      )
    }
    const facts: Fact[] = [
      fact('how the agent ended', `${service.result ?? 'killed'}, exit code ${service.exitCode ?? 'not known'}`, 'ssm'),
    ]
    if (killedByKernel) facts.push(fact('kernel OOM kills in the last hour', memory.oomKillsLastHour ?? 0, 'ssm'))
    if (peak !== undefined) facts.push(fact('highest memory use', `${Math.round(peak)} %`, 'metrics'))
    return matched(cause, killedByKernel || service.result === 'oom-kill' ? 0.95 : 0.75, facts)
  },
}
