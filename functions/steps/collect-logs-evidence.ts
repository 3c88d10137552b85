import type { Logs } from '../aws/logs.ts'
import { type Evidence, unavailable } from '../domain/evidence.ts'
import type { Fleet } from '../domain/fleet.ts'
import type { Clock } from '../domain/time.ts'
import type { Opened } from '../domain/workflow.ts'
import { collectLogs } from '../evidence/logs.ts'
import { noSingleAgent, subjectOfState } from './subject-of-state.ts'

/** The newest lines that the agent shipped. */
export const collectLogsEvidence =
  ({ fleet, logs, clock }: { fleet: Fleet; logs: Logs; clock: Clock }) =>
  async (state: Opened): Promise<Evidence['logs']> => {
    const { agent, profile } = subjectOfState(state, fleet)
    if (!agent) return unavailable(clock.now(), 'logs', 'cloudwatch logs', noSingleAgent)
    return collectLogs(agent, profile, logs, clock)
  }
