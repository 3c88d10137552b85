import type { Instances } from '../aws/instances.ts'
import type { LeaseStore } from '../aws/lease-store.ts'
import type { Metrics } from '../aws/metrics.ts'
import type { Tasks } from '../aws/tasks.ts'
import type { AgentRef } from '../domain/agent.ts'
import { ContractError, ThrottledError, TransientError } from '../domain/errors.ts'
import type { Fleet, Pool } from '../domain/fleet.ts'
import { poolNamed } from '../domain/load-fleet.ts'
import type { PreconditionName } from '../domain/plan.ts'
import type { Clock } from '../domain/time.ts'
import type { Decided, Rechecked } from '../domain/workflow.ts'
import { actPlanOf } from './execution-services.ts'

export interface RecheckServices {
  fleet: Fleet
  instances: Instances
  tasks: Tasks
  metrics: Metrics
  leases: LeaseStore
  clock: Clock
}

/** Null when the condition holds, else what was found instead. */
type Precondition = (agent: AgentRef, pool: Pool, services: RecheckServices) => Promise<string | null>

const windowMinutes = 30

export const preconditions: Record<PreconditionName, Precondition> = {
  async 'agent-still-failing'(agent, pool, { metrics }) {
    if (agent.model === 'ecs') return null
    const age = (await metrics.heartbeatAges([agent], windowMinutes)).get(agent.id) ?? null
    const fresh = age !== null && age <= pool.thresholds.heartbeatSeconds
    return fresh ? `the agent works again: its last heartbeat is ${age} s old` : null
  },
  async 'instance-running'(agent, _pool, { instances }) {
    const { state } = await instances.describe(agent)
    return state === 'running' ? null : `the instance is ${state}`
  },
  async 'instance-not-terminated'(agent, _pool, { instances }) {
    const { state } = await instances.describe(agent)
    return ['shutting-down', 'terminated', 'not-found'].includes(state) ? `the instance is ${state}` : null
  },
  async 'instance-profile-still-missing'(agent, _pool, { instances }) {
    const profile = await instances.profileOf(agent)
    return profile === null ? null : `${profile} is associated meanwhile`
  },
  async 'task-still-stopped'(agent, { agents }, { tasks }) {
    const task = await tasks.describe(agent, 'cluster' in agents ? agents.cluster : '')
    return task && task.lastStatus !== 'STOPPED' ? `the task is ${task.lastStatus}` : null
  },
}

const leaseSeconds = 7200

/**
 * Reads the plan's preconditions from AWS anew. A condition that no longer holds, or that can't be read, voids the plan; so
 * does an approval of another plan. What may pass (throttling, time-outs) is thrown and tried again.
 */
export const recheckPlan =
  (services: RecheckServices) =>
  async (state: Decided): Promise<Rechecked> => {
    const plan = actPlanOf(state)
    const { incident, decision } = state
    if (incident.subject.kind !== 'agent') throw new ContractError('incident.subject: a plan that acts needs an agent')
    const { agent } = incident.subject
    const pool = poolNamed(services.fleet, agent.pool)
    await services.leases.extend(incident.subject, incident.execution, incident.fence, leaseSeconds)
    const reasons: string[] = []
    if (decision?.planHash !== plan.hash) reasons.push('the approval was given to another plan')
    for (const name of plan.preconditions) {
      const found = await read(() => preconditions[name](agent, pool, services))
      if (found) reasons.push(`${name}: ${found}`)
    }
    const status = reasons.length === 0 ? ('holds' as const) : ('void' as const)
    const reason = status === 'holds' ? `all hold: ${plan.preconditions.join(', ')}` : reasons.join('; ')
    return { ...state, recheck: { status, reason, at: services.clock.now().toISOString() } }
  }

const read = async (condition: () => Promise<string | null>): Promise<string | null> => {
  try {
    return await condition()
  } catch (error) {
    if (error instanceof ThrottledError || error instanceof TransientError) throw error
    return `could not be read (${error instanceof Error ? error.message : String(error)})`
  }
}
