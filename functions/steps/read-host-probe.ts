import { ContractError } from '../domain/errors.ts'
import type { Probing } from '../domain/workflow.ts'
import { readProbe } from '../evidence/host.ts'
import type { HostProbeServices } from './start-host-probe.ts'
import { subjectOfState } from './subject-of-state.ts'

/** Reads the probe's answer, or gives it up when its time is over. */
export const readHostProbe =
  ({ fleet, commands, clock }: HostProbeServices) =>
  async (state: Probing): Promise<Probing> => {
    const { agent } = subjectOfState(state, fleet)
    if (!agent) throw new ContractError('incident.subject: a probe that runs needs an agent')
    return { ...state, hostProbe: await readProbe(agent, state.hostProbe, commands, clock) }
  }
