import type { AutoScalingGroups } from '../aws/auto-scaling-groups.ts'
import type { Instances } from '../aws/instances.ts'
import type { AgentRef } from '../domain/agent.ts'
import { ContractError } from '../domain/errors.ts'
import type { Fleet, Pool } from '../domain/fleet.ts'
import { poolNamed, profileOf } from '../domain/load-fleet.ts'
import type { Verification, VerificationCheck } from '../domain/verification.ts'
import type { Verifying } from '../domain/workflow.ts'
import { sendSmokeTest } from './start-verification.ts'
import { type CheckServices, heartbeat, platformHealth, queue, requiredChecks, smoke } from './verification-checks.ts'

export interface CheckVerificationServices extends CheckServices {
  fleet: Fleet
  groups: AutoScalingGroups
  instances: Instances
}

/** A smoke test that failed is asked again this often: a service may come up while the first one runs. */
const pollSeconds = 30

/**
 * Reads smoke tests, heartbeat, platform health and queue. Every required check must pass; `not-run` is waited for until the
 * deadline and then counts as missing. It changes nothing, so it may be repeated.
 */
export const checkVerification =
  (services: CheckVerificationServices) =>
  async (state: Verifying): Promise<Verifying & { verification: Verification }> => {
    const { incident, verification, plan } = state
    if (!verification || incident.subject.kind !== 'agent')
      throw new ContractError('verification: none was started for this agent')
    const pool = poolNamed(services.fleet, incident.subject.agent.pool)
    const known: AgentRef = { ...incident.subject.agent, id: verification.agentId ?? incident.subject.agent.id }
    const agent = plan.kind === 'verify' ? await successorOf(known, pool, verification, services) : known
    const current = agent.id === known.id ? verification : { ...verification, agentId: agent.id, commandId: null }
    const verified = { agent, pool, profile: profileOf(services.fleet, pool), verification: current }
    const onHost = agent.model === 'ec2' || agent.model === 'hybrid'

    const checks: VerificationCheck[] = [
      ...(onHost ? await smoke(verified, services) : []),
      await platformHealth(verified, services),
      await heartbeat(verified, services),
      await queue(verified, services),
    ]
    const required = checks.filter(({ name }) => requiredChecks(pool).includes(name))
    const passed = required.every(({ result }) => result === 'passed')
    const over = services.clock.now().toISOString() >= verification.deadline
    const failed = required.some(({ result }) => result === 'failed')
    const status = passed ? 'passed' : over || (failed && secondLook(verification)) ? 'failed' : 'pending'
    // Not answered, or answered badly for the first time: ask the host once more.
    const answered = checks.some(({ name, result }) => name === 'service-up' && result !== 'not-run')
    const resend = status === 'pending' && onHost && (current.commandId === null || (failed && answered))
    const commandId = resend ? await sendSmokeTest(agent, pool, services) : current.commandId
    return { ...state, verification: { ...current, status, checks, commandId, waitSeconds: pollSeconds } }
  }

/** Whether an earlier look has found a required check failed already: one bad answer may be a service still coming up. */
const secondLook = ({ checks }: Verification): boolean =>
  checks.some(({ name, result }) => result === 'failed' && name !== 'queue')

/** Where another healer replaces the host, the newest member in service that was launched since takes its place. */
const successorOf = async (
  agent: AgentRef,
  { agents }: Pool,
  { startedAt }: Verification,
  { groups, instances }: CheckVerificationServices,
): Promise<AgentRef> => {
  if (!('autoScalingGroup' in agents)) return agent
  const membership = await groups.membershipOf(agent)
  if (membership?.lifecycle === 'InService') return agent
  const group = await groups.group(agents.autoScalingGroup)
  for (const { id, lifecycle } of group?.members ?? []) {
    if (lifecycle !== 'InService') continue
    const { launchedAt } = await instances.describe({ ...agent, id })
    // The group may have begun before the signal reached us.
    if (launchedAt && new Date(launchedAt).getTime() >= new Date(startedAt).getTime() - 600_000) return { ...agent, id }
  }
  return agent
}
