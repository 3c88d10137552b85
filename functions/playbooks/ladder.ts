import type { AgentModel } from '../domain/agent.ts'
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
 * each with its reason. A rung counts as tried whatever cause it was tried for: the same change does not help twice.
 */
export const nextRung = (
  { rungs }: Playbook,
  model: AgentModel,
  attempts: readonly Attempt[],
  context: RungContext,
): { rung: Rung | undefined; skipped: ActPlan['skipped'] } => {
  // A plan that was voided changed nothing, so its rung may be needed still.
  const tried = new Set(attempts.filter(({ outcome }) => outcome !== 'voided').map(({ rung }) => rung))
  const skipped: ActPlan['skipped'] = []
  for (const rung of rungs) {
    const reason = tried.has(rung.id)
      ? 'tried before in this incident'
      : !rung.models.includes(model)
        ? `not for ${model} agents`
        : context.pool.gates[rung.id] === 'never'
          ? 'set to never in fleet.json'
          : (cutChannel(rung, context) ?? rung.inapplicable(context))
    if (reason === null) return { rung, skipped }
    skipped.push({ rung: rung.id, reason })
  }
  return { rung: undefined, skipped }
}
