import { fact, heartbeatFact, hostOf, metricsOf, restartsAgainAndAgain, serviceIsDown } from './facts.ts'
import { insufficient, matched, notMatched, type Rule } from './rule.ts'

const cause = 'service-stopped'

/**
 * The agent's unit is down and nothing on the host explains it. Neighbours: disk-full, memory-exhausted and config-corrupt
 * also stop units; they explain more and win. A unit that systemd restarts over and over is service-crash-loop.
 */
export const serviceStopped: Rule = {
  cause,
  explains: [],
  judge(evidence, { pool }) {
    const seen = hostOf(evidence)
    if ('reason' in seen) return insufficient(cause, ['host.service'], seen.reason)
    const { service } = seen.probe
    if (service.state === null) return insufficient(cause, ['host.service'], `systemd told no state of ${service.unit}`)
    if (!serviceIsDown(seen.probe)) return notMatched(cause, `unit ${service.unit} is ${service.state}`)
    if (restartsAgainAndAgain(seen.probe, pool.thresholds.restarts))
      return notMatched(cause, 'systemd restarted the unit again and again')
    return matched(cause, 0.9, [
      fact(`unit ${service.unit}`, `${service.state}${service.result ? `, result ${service.result}` : ''}`, 'ssm'),
      ...(service.exitCode ? [fact('exit code', service.exitCode, 'ssm')] : []),
      ...heartbeatFact(metricsOf(evidence)),
    ])
  },
}
