import type { Guardrail, ProposedChange } from './guardrail.ts'

/** The gate as it stands for this pool: its configuration before the rung's own. */
export const gateOf = ({ pool, rung, gate: builtIn }: ProposedChange) => pool.gates[rung] ?? builtIn

/** A person says yes before this change, or has said so. */
export const asksPerson = (change: ProposedChange): boolean => gateOf(change) === 'approval'

/** Whether a person says yes first: the pool's configuration before the rung's own gate. */
export const gate: Guardrail = {
  name: 'gate',
  judge(change) {
    const { pool, rung } = change
    const setting = gateOf(change)
    if (setting === 'never')
      return { verdict: 'refused', reason: `fleet.json sets rung ${rung} of pool ${pool.name} to never` }
    if (setting === 'automatic') return { verdict: 'allowed' }
    const why = pool.gates[rung] ? `fleet.json asks for approval of ${rung}` : `${rung} is gated by default`
    return { verdict: 'approval', reason: why }
  },
}
