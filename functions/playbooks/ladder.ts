import type { AgentModel } from '../domain/agent.ts'
import type { Closure } from '../domain/agent-record.ts'
import type { Attempt } from '../domain/incident.ts'
import type { ActPlan } from '../domain/plan.ts'
import type { Playbook, Rung, RungContext } from './playbook.ts'

/** Why the channel that a rung needs does not work; null when nothing speaks against it. */
const cutChannel = ({ channel }: Rung, { evidence }: RungContext): string | null => {
  if (channel !== 'ssm' || evidence.host.status === 'observed') return null
  return `Run Command does not reach the agent: ${evidence.host.reason}`
}

/**
 * The next rung that was not tried in this incident, fits the model, applies and can be reached; the rungs passed over,
 * each with its reason. A rung counts as tried whatever cause it was tried for: the same change does not help twice. Nor
 * does one that mended this cause before and did not last (`earlier`). `restraint` says why a guardrail passes it over.
 */
export const nextRung = (
  { rungs }: Playbook,
  model: AgentModel,
  attempts: readonly Attempt[],
  context: RungContext,
  earlier: readonly Closure[] = [],
  restraint: (rung: Rung) => string | null = () => null,
): { rung: Rung | undefined; skipped: ActPlan['skipped'] } => {
  // A plan that was voided or blocked changed nothing, so its rung may be needed still.
  const tried = new Set(
    attempts.filter(({ outcome }) => outcome !== 'voided' && outcome !== 'blocked').map(({ rung }) => rung),
  )
  const passedOver = (rung: Rung): string | null => {
    if (tried.has(rung.id)) return 'tried before in this incident'
    const before = earlier.find(({ rungs: done }) => done.includes(rung.id))
    if (before) return `it mended this at ${before.closedAt} (${before.incidentId}) and did not last`
    if (!rung.models.includes(model)) return `not for ${model} agents`
    if (context.pool.gates[rung.id] === 'never') return 'set to never in fleet.json'
    return cutChannel(rung, context) ?? rung.inapplicable(context) ?? restraint(rung)
  }
  const skipped: ActPlan['skipped'] = []
  for (const rung of rungs) {
    const reason = passedOver(rung)
    if (reason === null) return { rung, skipped }
    skipped.push({ rung: rung.id, reason })
  }
  return { rung: undefined, skipped }
}
