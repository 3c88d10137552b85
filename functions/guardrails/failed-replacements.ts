import type { Guardrail } from './guardrail.ts'

/** So many successors that did not work: the image or the launch template is broken, and the next one will not work either. */
export const maxFailedReplacements = 2

/** Stops replacing in a pool whose last replacements failed, whoever approves: each costs an agent and mends nothing. */
export const failedReplacements: Guardrail = {
  name: 'failed-replacements',
  judge({ rung, pool }, { replacements }) {
    if (rung !== 'replace') return { verdict: 'allowed' }
    if (replacements.status === 'unreadable')
      return { verdict: 'refused', reason: `the pool's replacements could not be read: ${replacements.reason}` }
    const { failed } = replacements
    if (failed.length < maxFailedReplacements) return { verdict: 'allowed' }
    return {
      verdict: 'refused',
      reason: `the last ${failed.length} replacements of pool ${pool.name} did not work (${failed.map(({ successor }) => successor).join(', ')}): look at its image and launch template`,
    }
  },
}
