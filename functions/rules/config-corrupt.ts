import { configError, fact, hostOf, logLinesOf, restartsAgainAndAgain, serviceIsDown } from './facts.ts'
import { insufficient, matched, notMatched, type Rule } from './rule.ts'

const cause = 'config-corrupt'

/**
 * The configuration file differs from the stored copy and the agent does not run, or it complains of the file. Neighbours:
 * a drift alone, with the agent running, is no fault; a crash loop whose file equals the stored one is service-crash-loop.
 */
export const configCorrupt: Rule = {
  cause,
  explains: ['service-stopped', 'service-crash-loop'],
  judge(evidence, { pool }) {
    const seen = hostOf(evidence)
    if ('reason' in seen) return insufficient(cause, ['host.config'], seen.reason)
    const { probe } = seen
    const broken = serviceIsDown(probe) || restartsAgainAndAgain(probe, pool.thresholds.restarts)
    if (!broken) return notMatched(cause, 'the agent runs')
    const complaint = logLinesOf(evidence).findLast((line) => configError.test(line))
    const { matchesStored, exists, comparison, path } = probe.config
    if (matchesStored === true) return notMatched(cause, 'the file equals the stored copy')
    const differs = matchesStored === false || exists === false
    if (!differs && !complaint)
      return insufficient(
        cause,
        ['host.config.matchesStored'],
        comparison ?? 'the file was not compared with a stored copy',
      )
    return matched(cause, differs && complaint ? 0.97 : differs ? 0.85 : 0.7, [
      ...(differs
        ? [fact(`file ${path ?? ''}`, exists === false ? 'missing' : 'differs from the copy in Parameter Store', 'ssm')]
        : []),
      ...(complaint ? [fact('log line', complaint.slice(0, 200), 'logs')] : []),
    ])
  },
}
