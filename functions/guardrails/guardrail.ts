import type { AgentRef } from '../domain/agent.ts'
import type { AgentRecord, Replacement } from '../domain/agent-record.ts'
import type { Pool } from '../domain/fleet.ts'
import type { Storm } from '../domain/storm.ts'

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
  /** What was done to the agent of late. */
  record: ({ status: 'read' } & AgentRecord) | { status: 'unreadable'; reason: string }
  /** Replacements of the pool that did not work, back to the last one that did. */
  replacements: { status: 'read'; failed: Replacement[] } | { status: 'unreadable'; reason: string }
  /** What keeps the pool from being changed now. */
  window: { status: 'read'; closed: { reason: string } | null } | { status: 'unreadable'; reason: string }
  storm: { status: 'read'; storm: Storm | null } | { status: 'unreadable'; reason: string }
}

/** A change as the guardrails see it. */
export interface ProposedChange {
  /** Incident and attempt, under which budget and slot know it. */
  id: string
  /** Counts against the agent's budget: all but quarantine and what puts back. */
  counts: boolean
  /** Gives back what an earlier action took away. */
  putsBack: boolean
  /** How many incidents with changes of ours led to this one. */
  depth: number
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
