import { poolNameOf } from '../domain/agent.ts'
import type { Fleet } from '../domain/fleet.ts'
import { poolNamed, profileOf } from '../domain/load-fleet.ts'
import type { Collected, Diagnosed } from '../domain/workflow.ts'
import { rankFindings } from '../rules/rank.ts'
import type { Rule } from '../rules/rule.ts'

export interface DiagnoseServices {
  fleet: Fleet
  rules: readonly Rule[]
}

/** Diagnose asks for more at most this often on one attempt, then decides by what it has. */
const roundsOfAsking = 2

/**
 * Applies every rule to the evidence and ranks the findings. The scope is the subject's: peers are not compared yet. Throws
 * FleetConfigurationError when the pool is unknown.
 */
export const diagnose =
  ({ fleet, rules }: DiagnoseServices) =>
  async (state: Collected): Promise<Diagnosed> => {
    const { signal, subject } = state.incident
    const pool = poolNamed(fleet, poolNameOf(subject))
    const context = { signal, pool, profile: profileOf(fleet, pool) }
    const findings = rules.map((rule) => rule.judge(state.evidence, context))
    const round = (state.diagnosis?.round ?? 0) + 1
    const ranked = rankFindings(rules, findings, state.evidence)
    return {
      ...state,
      diagnosis: {
        ...ranked,
        needs: round <= roundsOfAsking ? ranked.needs : [],
        scope: subject.kind === 'pool' ? 'pool' : 'agent',
        round,
      },
    }
  }
