import type { CommandRunner } from '../aws/command-runner.ts'
import { unavailable } from '../domain/evidence.ts'
import type { Fleet } from '../domain/fleet.ts'
import type { Clock } from '../domain/time.ts'
import type { Opened, Probing } from '../domain/workflow.ts'
import { startProbe } from '../evidence/host.ts'
import { noSingleAgent, subjectOfState } from './subject-of-state.ts'

export interface HostProbeServices {
  fleet: Fleet
  commands: CommandRunner
  clock: Clock
}

/** Sends the read-only probe to the host. A repeat sends it again, which changes nothing. */
export const startHostProbe =
  ({ fleet, commands, clock }: HostProbeServices) =>
  async (state: Opened): Promise<Probing> => {
    const { agent, pool, profile } = subjectOfState(state, fleet)
    const now = clock.now()
    const hostProbe = agent
      ? await startProbe(agent, pool, profile, commands, clock)
      : {
          status: 'done' as const,
          commandId: null,
          startedAt: now.toISOString(),
          evidence: unavailable(now, 'ssm', 'host probe', noSingleAgent),
        }
    return { ...state, hostProbe }
  }
