import { newTaskIn } from '../actions/replace-task.ts'
import type { CommandRunner } from '../aws/command-runner.ts'
import type { LeaseStore } from '../aws/lease-store.ts'
import { successorIn } from '../domain/action.ts'
import type { AgentRef } from '../domain/agent.ts'
import { ContractError, PermissionDeniedError } from '../domain/errors.ts'
import type { AgentProfile, Fleet, Pool } from '../domain/fleet.ts'
import { poolNamed, profileOf } from '../domain/load-fleet.ts'
import { addSeconds, type Clock } from '../domain/time.ts'
import type { Verification } from '../domain/verification.ts'
import type { Verifying } from '../domain/workflow.ts'

export interface StartVerificationServices {
  fleet: Fleet
  commands: CommandRunner
  leases: LeaseStore
  clock: Clock
}

/** Time for smoke tests and a heartbeat; another healer gets the time that it usually takes. */
const ownSeconds = 420
const otherHealerSeconds = 900
const leaseSeconds = 7200

/** The agent that has to work now: the successor, where the first was replaced. */
export const verifiedAgent = (agent: AgentRef, { execution }: Verifying): AgentRef => {
  const details = execution?.results.map(({ detail }) => detail) ?? []
  const successor = details.map((detail) => successorIn(detail) ?? newTaskIn(detail)).find((id) => id !== null)
  return successor ? { ...agent, id: successor } : agent
}

export const smokeTestParameters = (pool: Pool, { host, syntheticJob }: AgentProfile): Record<string, string> => ({
  Unit: host?.unit ?? '',
  Endpoints: pool.endpoints.join(','),
  WorkspacePath: host?.workspacePath ?? '',
  MinFreePercent: '5',
  MaxClockOffsetSeconds: String(pool.thresholds.clockOffsetSeconds),
  SyntheticJob: host?.workspacePath ? syntheticJob : 'none',
})

/**
 * Starts the proof that the agent works: the smoke test on a host, and the time within which every required check must have
 * passed. The smoke test changes nothing, so a repeat that sends it again does no harm.
 */
export const startVerification =
  (services: StartVerificationServices) =>
  async (state: Verifying): Promise<Verifying & { verification: Verification }> => {
    const { incident, plan } = state
    if (incident.subject.kind !== 'agent') throw new ContractError('incident.subject: only an agent can be verified')
    const agent = verifiedAgent(incident.subject.agent, state)
    const pool = poolNamed(services.fleet, agent.pool)
    await services.leases.extend(incident.subject, incident.execution, incident.fence, leaseSeconds)
    const now = services.clock.now()
    const otherHeals = plan.kind === 'verify' && plan.rung !== 'verify'
    const onHost = agent.model === 'ec2' || agent.model === 'hybrid'
    // Another healer may replace the host: it is found and tested once its successor is in service.
    const commandId = onHost && !otherHeals ? await sendSmokeTest(agent, pool, services) : null
    return {
      ...state,
      verification: {
        status: 'pending',
        startedAt: now.toISOString(),
        deadline: addSeconds(now, otherHeals ? otherHealerSeconds : ownSeconds).toISOString(),
        commandId,
        agentId: agent.id,
        checks: [],
        waitSeconds: 15,
      },
    }
  }

/** Null when the host can't be told: the checks then say so, and the next poll tries again. */
export const sendSmokeTest = async (
  agent: AgentRef,
  pool: Pool,
  { commands, fleet }: Pick<StartVerificationServices, 'commands' | 'fleet'>,
): Promise<string | null> => {
  try {
    return await commands.send(
      agent,
      'smoke-test',
      smokeTestParameters(pool, profileOf(fleet, pool)),
      'agent-medic smoke test',
    )
  } catch (error) {
    const unreachable = error instanceof Error && error.name === 'InvalidInstanceId'
    if (unreachable || error instanceof PermissionDeniedError) return null
    throw error
  }
}
