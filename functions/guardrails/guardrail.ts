import type { AgentRef } from '../domain/agent.ts'
import type { Pool } from '../domain/fleet.ts'

/** What stands when a change is about to be planned or started; `unreadable` where it could not be read. */
export interface Circumstances {
  mode:
    | { status: 'read'; mode: 'act' | 'observe' | 'off'; reason: string | null }
    | { status: 'unreadable'; reason: string }
  /** Health of the pool's agents, read anew. */
  pool:
    | { status: 'read'; healthy: number; total: number; subjectHealthy: boolean }
    | { status: 'unreadable'; reason: string }
  ledger: { status: 'read'; running: number; lastHour: number } | { status: 'unreadable'; reason: string }
}

/** A change as the guardrails see it. */
export interface ProposedChange {
  target: AgentRef
  pool: Pool
  rung: string
  destructive: boolean
  /** The change takes the agent out of work. */
  disruptive: boolean
  /** The rung's own gate, before the pool's configuration. */
  gate: 'automatic' | 'approval'
}

export type Verdict =
  | { verdict: 'allowed' }
  | { verdict: 'approval'; reason: string }
  | { verdict: 'refused'; reason: string }

/** One limit. It refuses, with the reason, when it can't read what it needs. */
export interface Guardrail {
  name: string
  judge(change: ProposedChange, circumstances: Circumstances): Verdict
}
