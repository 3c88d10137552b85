import type { Guardrail } from './guardrail.ts'

/** Whether a person says yes first: the pool's configuration before the rung's own gate. */
export const gate: Guardrail = {
  name: 'gate',
  judge({ pool, rung, gate: builtIn }) {
    const setting = pool.gates[rung] ?? builtIn
    if (setting === 'never')
      return { verdict: 'refused', reason: `fleet.json sets rung ${rung} of pool ${pool.name} to never` }
    if (setting === 'automatic') return { verdict: 'allowed' }
    const why = pool.gates[rung] ? `fleet.json asks for approval of ${rung}` : `${rung} is gated by default`
    return { verdict: 'approval', reason: why }
  },
}
