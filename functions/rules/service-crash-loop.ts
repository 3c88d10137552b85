import { fact, hostOf, restartsAgainAndAgain } from './facts.ts'
import { insufficient, matched, notMatched, type Rule } from './rule.ts'

const cause = 'service-crash-loop'

/**
 * systemd restarts the unit over and over, or has given up: starting it once more changes nothing. Neighbours:
 * config-corrupt, disk-full and memory-exhausted crash units too, and say why; service-stopped stays down by itself.
 */
export const serviceCrashLoop: Rule = {
  cause,
  explains: ['service-stopped'],
  judge(evidence, { pool }) {
    const seen = hostOf(evidence)
    if ('reason' in seen) return insufficient(cause, ['host.service'], seen.reason)
    const { service } = seen.probe
    if (service.restarts === null && service.result === null)
      return insufficient(cause, ['host.service'], 'systemd told no restarts and no result')
    if (!restartsAgainAndAgain(seen.probe, pool.thresholds.restarts))
      return notMatched(cause, `${service.restarts ?? 0} automatic restarts, result ${service.result ?? 'not known'}`)
    return matched(cause, 0.85, [
      fact('automatic restarts', service.restarts ?? 'not known', 'ssm'),
      fact('systemd result', service.result ?? 'not known', 'ssm'),
      ...(service.exitCode === null ? [] : [fact('exit code each time', service.exitCode, 'ssm')]),
    ])
  },
}
