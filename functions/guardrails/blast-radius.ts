import type { Guardrail } from './guardrail.ts'

/**
 * The floor of healthy agents, the changes at once and the changes an hour of one pool. An agent that does not work is not
 * missed by the floor; figures that could not be read refuse. The slot itself is reserved in the pool ledger by one
 * conditional write right before the change, so that two incidents never take the last one both.
 */
export const blastRadius: Guardrail = {
  name: 'blast-radius',
  judge({ pool, disruptive }, { pool: health, ledger }) {
    if (!disruptive) return { verdict: 'allowed' }
    if (health.status === 'unreadable')
      return { verdict: 'refused', reason: `the health of pool ${pool.name} could not be read: ${health.reason}` }
    if (ledger.status === 'unreadable')
      return { verdict: 'refused', reason: `the ledger of pool ${pool.name} could not be read: ${ledger.reason}` }
    const left = health.healthy - (health.subjectHealthy ? 1 : 0)
    const { minHealthy, maxConcurrent, maxPerHour } = pool.limits
    if (left < minHealthy)
      return {
        verdict: 'refused',
        reason: `pool ${pool.name} would be left with ${left} healthy agents of ${health.total}, and its floor is ${minHealthy}`,
      }
    if (ledger.running >= maxConcurrent)
      return {
        verdict: 'refused',
        reason: `${ledger.running} changes of pool ${pool.name} run already, and its limit is ${maxConcurrent} at once`,
      }
    if (ledger.lastHour >= maxPerHour)
      return {
        verdict: 'refused',
        reason: `pool ${pool.name} has had ${ledger.lastHour} changes within the hour, and its limit is ${maxPerHour}`,
      }
    return { verdict: 'allowed' }
  },
}
