import { type Evidence, unavailable } from '../domain/evidence.ts'
import type { Fleet } from '../domain/fleet.ts'
import type { Opened } from '../domain/workflow.ts'
import { collectPlatform, type PlatformServices } from '../evidence/platform.ts'
import { noSingleAgent, subjectOfState } from './subject-of-state.ts'

/** What EC2, ECS or Systems Manager tells of the agent. */
export const collectPlatformEvidence =
  (services: PlatformServices & { fleet: Fleet }) =>
  async (state: Opened): Promise<Evidence['platform']> => {
    const { agent, pool } = subjectOfState(state, services.fleet)
    if (!agent) return unavailable(services.clock.now(), 'ec2-api', 'platform', noSingleAgent)
    return collectPlatform(agent, pool, services)
  }
