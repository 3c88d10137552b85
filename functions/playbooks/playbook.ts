import type { ActionKind } from '../domain/action.ts'
import type { AgentModel } from '../domain/agent.ts'
import type { Cause } from '../domain/cause.ts'
import type { Channel } from '../domain/channel.ts'
import type { Evidence } from '../domain/evidence.ts'
import type { AgentProfile, Pool } from '../domain/fleet.ts'
import type { PreconditionName } from '../domain/plan.ts'
import type { Signal } from '../domain/signal.ts'

/** What a rung may look at to decide whether it applies. */
export interface RungContext {
  signal: Signal
  evidence: Evidence
  pool: Pool
  profile: AgentProfile
}

export interface RungAction {
  kind: ActionKind
  parameters: Record<string, string>
  /** Runs on failure paths too, because it puts back what an earlier action took away. */
  always?: boolean
}

/** One step of a ladder. */
export interface Rung {
  /** The id that `gates` in fleet.json refers to. */
  id: string
  models: readonly AgentModel[]
  /** The channel that its changes need; a rung whose channel is cut is skipped with that reason. */
  channel: Channel
  gate: 'automatic' | 'approval'
  destructive: boolean
  expectedEffect: string
  preconditions: readonly PreconditionName[]
  /** Null when the rung applies, else the reason why not. */
  inapplicable(context: RungContext): string | null
  /** Empty when somebody else heals it (Auto Scaling, an ECS service): the plan then only verifies. */
  actions(context: RungContext): RungAction[]
  otherHealers?(context: RungContext): string[]
}

/** Cause to ladder. A cause that only people mend has no rungs and says what is asked. */
export interface Playbook {
  cause: Cause
  rungs: readonly Rung[]
  /** What a person is asked to do when the ladder ends. */
  asked(context: RungContext): string
  /** How the incident ends when the ladder has no rung at all. */
  endsAs: 'escalated' | 'false-alarm'
}
