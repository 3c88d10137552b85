import type { Guardrail } from './guardrail.ts'

/** Agents that fleet.json protects are never changed, whoever asks. */
export const protectedAgent: Guardrail = {
  name: 'protected-agent',
  judge({ target, pool }) {
    return pool.protectedAgents.includes(target.id)
      ? { verdict: 'refused', reason: `agent ${target.id} is protected in fleet.json` }
      : { verdict: 'allowed' }
  },
}
