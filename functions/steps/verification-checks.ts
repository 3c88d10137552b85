import type { CommandRunner } from '../aws/command-runner.ts'
import type { Instances } from '../aws/instances.ts'
import type { Metrics } from '../aws/metrics.ts'
import type { Tasks } from '../aws/tasks.ts'
import type { AgentModel, AgentRef } from '../domain/agent.ts'
import type { AgentProfile, Pool } from '../domain/fleet.ts'
import { readHostOutput } from '../domain/host-output.ts'
import { hostSmokeTest } from '../domain/host-probe.ts'
import type { Clock } from '../domain/time.ts'
import type { Verification, VerificationCheck } from '../domain/verification.ts'

export interface CheckServices {
  commands: CommandRunner
  instances: Instances
  tasks: Tasks
  metrics: Metrics
  clock: Clock
}

export interface Verified {
  agent: AgentRef
  pool: Pool
  profile: AgentProfile
  verification: Verification
}

const smokeTests = ['service-up', 'endpoints-answer', 'clock-right', 'disk-free', 'synthetic-job'] as const

const required: Record<AgentModel, readonly string[]> = {
  ec2: ['service-up', 'endpoints-answer', 'clock-right', 'disk-free', 'platform-health', 'heartbeat'],
  hybrid: ['service-up', 'endpoints-answer', 'clock-right', 'disk-free', 'heartbeat'],
  ecs: ['platform-health'],
  codebuild: ['platform-health'],
}

/**
 * What must have passed before an agent counts as recovered; the rest is told, and decides nothing. Endpoints are asked for
 * where the pool names any: a test without them can't be run, and would never pass.
 */
export const requiredChecks = ({ agents, endpoints }: Pool): readonly string[] =>
  required[agents.model].filter((name) => name !== 'endpoints-answer' || endpoints.length > 0)

const check = (name: string, result: VerificationCheck['result'], detail: string): VerificationCheck => ({
  name,
  result,
  detail,
})

/** The host's own tests; before its answer each of them is not run. */
export const smoke = async (
  { agent, verification }: Verified,
  { commands }: CheckServices,
): Promise<VerificationCheck[]> => {
  const notRun = (detail: string) => smokeTests.map((name) => check(name, 'not-run', detail))
  if (verification.commandId === null) return notRun('no smoke test was sent to this agent')
  const outcome = await commands.outcome(agent, verification.commandId)
  if (outcome.status === 'pending') return notRun('the smoke test has not answered yet')
  if (outcome.status === 'undelivered') return notRun(outcome.reason)
  const read = readHostOutput(hostSmokeTest, outcome.stdout)
  if (!read.ok) return notRun(read.problem)
  return smokeTests.map(
    (name) => read.value.tests.find((test) => test.name === name) ?? check(name, 'not-run', 'the host did not tell'),
  )
}

/** A heartbeat that is newer than the start of the verification. Metrics lag by a minute or two, so it is waited for. */
export const heartbeat = async (
  { agent, verification }: Verified,
  { metrics, clock }: CheckServices,
): Promise<VerificationCheck> => {
  if (agent.model === 'ecs' || agent.model === 'codebuild')
    return check('heartbeat', 'not-run', 'its platform tells its health')
  const age = (await metrics.heartbeatAges([agent], 30)).get(agent.id) ?? null
  if (age === null) return check('heartbeat', 'not-run', 'no heartbeat within 30 minutes')
  const newest = clock.now().getTime() - age * 1000
  const fresh = newest >= new Date(verification.startedAt).getTime()
  return check(
    'heartbeat',
    fresh ? 'passed' : 'not-run',
    fresh ? `seen ${age} s ago` : 'none since the verification began',
  )
}

export const platformHealth = async (
  { agent, pool }: Verified,
  { instances, tasks }: CheckServices,
): Promise<VerificationCheck> => {
  const name = 'platform-health'
  if (agent.model === 'ec2') {
    const { state, systemStatus, instanceStatus } = await instances.describe(agent)
    const well = state === 'running' && systemStatus === 'ok' && instanceStatus === 'ok'
    const settling =
      state === 'pending' || (state === 'running' && ![systemStatus, instanceStatus].includes('impaired'))
    return check(
      name,
      well ? 'passed' : settling ? 'not-run' : 'failed',
      `instance ${state}, checks ${systemStatus} and ${instanceStatus}`,
    )
  }
  const { agents } = pool
  if (agents.model !== 'ecs')
    return check(name, 'not-run', `the health of ${agent.model} agents is told by their heartbeat alone`)
  const running = await tasks.running(
    agents.cluster,
    'service' in agents ? { service: agents.service } : { family: agents.family },
  )
  const views = await Promise.all(running.map((id) => tasks.describe({ ...agent, id }, agents.cluster)))
  const well = views.filter((view) => view?.lastStatus === 'RUNNING' && view.healthStatus !== 'UNHEALTHY')
  const wanted = Math.max(1, views.find((view) => view?.service)?.service?.desired ?? 1)
  return check(name, well.length >= wanted ? 'passed' : 'not-run', `${well.length} of ${wanted} tasks run`)
}

/** Told, not required: a queue may be long for reasons of its own. */
export const queue = async ({ agent, pool }: Verified, { metrics }: CheckServices): Promise<VerificationCheck> => {
  const { queueDepth } = await metrics.facts({ kind: 'agent', agent }, pool, 30)
  if (!queueDepth) return check('queue', 'not-run', 'the pool publishes no QueueDepth')
  const growing = queueDepth.latest > queueDepth.average
  return check(
    'queue',
    growing ? 'failed' : 'passed',
    `${queueDepth.latest} jobs wait, ${queueDepth.average.toFixed(1)} on average`,
  )
}
