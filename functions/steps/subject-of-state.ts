import { type AgentRef, poolNameOf } from '../domain/agent.ts'
import type { AgentProfile, Fleet, Pool } from '../domain/fleet.ts'
import { poolNamed, profileOf } from '../domain/load-fleet.ts'
import type { Opened } from '../domain/workflow.ts'

/** The pool and profile of an incident, and its agent when it is about one. */
export const subjectOfState = (
  { incident }: Pick<Opened, 'incident'>,
  fleet: Fleet,
): { agent: AgentRef | null; pool: Pool; profile: AgentProfile } => {
  const pool = poolNamed(fleet, poolNameOf(incident.subject))
  return {
    agent: incident.subject.kind === 'agent' ? incident.subject.agent : null,
    pool,
    profile: profileOf(fleet, pool),
  }
}

/** What a collector of one agent says of an incident that is about a whole pool. */
export const noSingleAgent = 'the incident is about the whole pool and names no agent'
