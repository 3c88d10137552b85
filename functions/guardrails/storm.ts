import { heldBack } from '../domain/storm.ts'
import type { Guardrail } from './guardrail.ts'

/** In a storm the canary goes first, and then wave after wave: whoever's turn it is not is left as it is. */
export const storm: Guardrail = {
  name: 'storm',
  judge({ target, putsBack }, circumstances) {
    if (putsBack) return { verdict: 'allowed' }
    if (circumstances.storm.status === 'unreadable')
      return {
        verdict: 'refused',
        reason: `whether the pool is in a storm could not be read: ${circumstances.storm.reason}`,
      }
    const reason = heldBack(circumstances.storm.storm, target.id)
    return reason ? { verdict: 'refused', reason } : { verdict: 'allowed' }
  },
}
