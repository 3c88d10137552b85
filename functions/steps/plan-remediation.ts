import type { IncidentStore } from '../aws/incident-store.ts'
import { type Action, type ActionKind, successorIn } from '../domain/action.ts'
import { type AgentRef, poolNameOf, poolOf } from '../domain/agent.ts'
import type { Closure } from '../domain/agent-record.ts'
import type { Fleet, Pool } from '../domain/fleet.ts'
import { poolNamed, profileOf } from '../domain/load-fleet.ts'
import { type ActPlan, type Gate, type Plan, planHash } from '../domain/plan.ts'
import { earlyWarnings, standingFacts } from '../domain/signal.ts'
import { addSeconds, type Clock } from '../domain/time.ts'
import type { Diagnosed, Planned } from '../domain/workflow.ts'
import type { CircumstanceServices } from '../guardrails/circumstances.ts'
import { readCircumstances } from '../guardrails/circumstances.ts'
import type { Circumstances, ProposedChange } from '../guardrails/guardrail.ts'
import { judgeChange, onTheLadder } from '../guardrails/index.ts'
import { playbooks } from '../playbooks/index.ts'
import { nextRung } from '../playbooks/ladder.ts'
import type { Rung, RungContext } from '../playbooks/playbook.ts'
import { quarantine } from '../playbooks/quarantine.ts'
import { slotOf } from './execution-services.ts'

export interface PlanServices extends CircumstanceServices {
  fleet: Fleet
  /** How each kind of action is undone, for the plan that a person reads. */
  undoOf(kind: ActionKind): string
  incidents: Pick<IncidentStore, 'quarantines'>
  clock: Clock
}

const gateOf = (judgement: ReturnType<typeof judgeChange>, approvalMinutes: number): Gate => {
  switch (judgement.verdict) {
    case 'allowed':
      return { kind: 'automatic' }
    case 'approval':
      return { kind: 'approval', reason: judgement.reason, timeoutSeconds: approvalMinutes * 60 }
    case 'refused':
      return { kind: 'refused', guardrail: judgement.guardrail ?? 'guardrail', reason: judgement.reason }
  }
}
const routes = { automatic: 'act', approval: 'ask', refused: 'refused' } as const

/**
 * Picks the next rung of the diagnosed cause's ladder and decides its gate. A rung that somebody else climbs for us is only
 * verified; a cause that only people mend, and a ladder at its end, call a person. Throws FleetConfigurationError when the
 * pool is unknown.
 */
export const planRemediation =
  (services: PlanServices) =>
  async (state: Diagnosed): Promise<Planned> => {
    const { incident, evidence } = state
    const pool = poolNamed(services.fleet, poolNameOf(incident.subject))
    const context: RungContext = { signal: incident.signal, evidence, pool, profile: profileOf(services.fleet, pool) }
    return { ...state, plan: await planFor(state, context, services) }
  }

const planFor = async (state: Diagnosed, context: RungContext, services: PlanServices): Promise<Plan> => {
  const { incident, diagnosis, attempts } = state
  const { cause } = diagnosis
  const playbook = cause === 'unknown' ? undefined : playbooks[cause]
  const stands = cause === 'healthy-false-alarm' && standingFacts.has(incident.signal.kind)
  const asked = stands
    ? 'Find out whether it was meant, and undo it if it was not: the agent works still, perhaps not for long.'
    : (playbook?.asked(context) ??
      (incident.subject.kind === 'pool'
        ? 'Look at what was told, and at the agents of the pool: none of them was changed.'
        : 'The cause is not known: look at the evidence in the report. The agent stays in quarantine until a person lifts it.'))
  const stop = (
    outcome: 'escalated' | 'false-alarm' | 'observed',
    reason: string,
    skipped: ActPlan['skipped'] = [],
  ): Plan => ({
    kind: 'stop',
    route: 'stop',
    cause,
    outcome,
    reason,
    asked: outcome === 'false-alarm' || earlyWarnings.has(incident.signal.kind) ? null : asked,
    skipped,
  })

  if (earlyWarnings.has(incident.signal.kind))
    return stop('observed', `an early warning, which is told and not acted upon: ${incident.signal.summary}`)
  if (cause === 'healthy-false-alarm') {
    if (attempts.length === 0 && stands)
      return stop('escalated', `the agent works still, and what was told stands: ${incident.signal.summary}`)
    if (attempts.length === 0) return stop('false-alarm', 'everything that can be seen is well')
    return {
      kind: 'verify',
      route: 'verify',
      cause,
      rung: 'verify',
      reason: 'the evidence is well now: it recovered meanwhile',
      skipped: [],
    }
  }
  if (incident.subject.kind === 'pool')
    return stop('escalated', 'the signal speaks for the whole pool and no single agent is to be changed')
  const { agent } = incident.subject
  if (playbook && playbook.rungs.length === 0) return stop(playbook.endsAs, 'only a person may decide about this cause')

  const successor = attempts
    .at(-1)
    ?.actions.map(({ detail }) => successorIn(detail))
    .find((id) => id !== null)
  if (successor) return stop('escalated', `the agent was replaced, and its successor ${successor} does not work either`)

  // A quarantine that did not come about is not tried for ever: nothing else is left to try.
  const unquarantined = attempts.find(({ rung }) => rung === 'quarantine')
  if (unquarantined) return stop('escalated', `the agent could not be quarantined: ${unquarantined.detail}`)

  const circumstances = await readCircumstances(agent, context.pool, services)
  const ladderLeft = attempts.length < context.pool.limits.maxAttempts && playbook !== undefined
  const { rung, skipped } = ladderLeft
    ? nextRung(
        playbook,
        agent.model,
        attempts,
        context,
        earlierOf(state, context.pool, circumstances, services),
        (each) => restraintOn(each, state, agent, context.pool, circumstances),
      )
    : { rung: undefined, skipped: [] }
  if (!rung) return planQuarantine(state, agent, context, services, circumstances, skipped, stop)

  const actions = actionsOf(rung, state, agent, context, services)
  if (actions.length === 0)
    return {
      kind: 'verify',
      route: 'verify',
      cause,
      rung: rung.id,
      reason: `${rung.otherHealers?.(context).join(', ') ?? 'somebody else'} heals this by itself`,
      skipped,
    }
  if (incident.mode === 'observe')
    return stop(
      'observed',
      `mode is observe; it would have done: ${actions.map(({ kind }) => kind).join(', ')}`,
      skipped,
    )
  const plan = actPlan(rung, actions, state, agent, context, circumstances, skipped)
  return { ...plan, afterwards: 'verify' }
}

/** The end of every ladder: the agent is taken out of work where its model allows it, and a person is called. */
const planQuarantine = async (
  state: Diagnosed,
  agent: AgentRef,
  context: RungContext,
  services: PlanServices,
  circumstances: Circumstances,
  skipped: ActPlan['skipped'],
  stop: (outcome: 'escalated' | 'observed', reason: string, skipped: ActPlan['skipped']) => Plan,
): Promise<Plan> => {
  if (state.incident.mode === 'observe')
    return stop('observed', 'mode is observe; it would have quarantined the agent', skipped)
  const rung = quarantine(agent.model, await wantsSubstitute(agent, circumstances, services))
  const plan = actPlan(
    rung,
    actionsOf(rung, state, agent, context, services),
    state,
    agent,
    context,
    circumstances,
    skipped,
  )
  if (plan.gate.kind === 'refused')
    return stop('escalated', `the agent could not be quarantined: ${plan.gate.reason}`, skipped)
  return { ...plan, gate: { kind: 'automatic' }, route: 'act', afterwards: 'escalate' }
}

/** Substitutes that came to nothing: a group that launches one more for a quarantined member would go on for ever. */
const maxSubstitutes = 2

const wantsSubstitute = async (
  { account, region, pool }: AgentRef,
  { replacements }: Circumstances,
  { incidents }: PlanServices,
): Promise<boolean> => {
  const here = (await incidents.quarantines()).filter(({ subject }) => {
    const of = poolOf(subject)
    return of.pool === pool && of.account === account && of.region === region
  })
  const failed = replacements.status === 'read' ? replacements.failed.length : maxSubstitutes
  return here.length < maxSubstitutes && failed < maxSubstitutes
}

const actionsOf = (
  rung: Rung,
  { incident, attempt }: Diagnosed,
  target: AgentRef,
  context: RungContext,
  { undoOf }: PlanServices,
): Action[] =>
  rung.actions(context).map(({ kind, parameters, always }, index) => ({
    id: `${incident.id}-${attempt}-${index}`,
    kind,
    target,
    parameters,
    channel: rung.channel,
    always: always ?? false,
    undo: undoOf(kind),
  }))

const changeOf = (rung: Rung, { incident, attempt }: Diagnosed, target: AgentRef, pool: Pool): ProposedChange => ({
  id: slotOf({ incident, attempt }),
  counts: rung.id !== 'quarantine',
  putsBack: false,
  depth: incident.depth,
  target,
  pool,
  rung: rung.id,
  destructive: rung.destructive,
  disruptive: rung.destructive,
  gate: rung.gate,
})

/** Why a guardrail passes a rung over; what can't be read refuses the plan later and passes nothing over. */
const restraintOn = (
  rung: Rung,
  state: Diagnosed,
  target: AgentRef,
  pool: Pool,
  circumstances: Circumstances,
): string | null => {
  if (circumstances.record.status === 'unreadable' || circumstances.replacements.status === 'unreadable') return null
  const judgement = judgeChange(changeOf(rung, state, target, pool), circumstances, onTheLadder)
  return judgement.verdict === 'refused' ? judgement.reason : null
}

/** Recoveries of the same cause within the pool's window: they did not last, so their rungs count as failed. */
const earlierOf = (
  { diagnosis }: Diagnosed,
  { thresholds }: Pool,
  { record }: Circumstances,
  { clock }: PlanServices,
): Closure[] => {
  if (record.status === 'unreadable') return []
  const since = addSeconds(clock.now(), -thresholds.recurrenceMinutes * 60).toISOString()
  return record.closures.filter(
    ({ outcome, cause, closedAt }) => outcome === 'recovered' && cause === diagnosis.cause && closedAt > since,
  )
}

const actPlan = (
  rung: Rung,
  actions: Action[],
  state: Diagnosed,
  target: AgentRef,
  context: RungContext,
  circumstances: Circumstances,
  skipped: ActPlan['skipped'],
): ActPlan => {
  const change = changeOf(rung, state, target, context.pool)
  const gate = gateOf(judgeChange(change, circumstances), context.pool.approvalMinutes)
  const preconditions = [...rung.preconditions]
  return {
    kind: 'act',
    route: routes[gate.kind],
    cause: state.diagnosis.cause,
    rung: rung.id,
    actions,
    preconditions,
    expectedEffect: rung.expectedEffect,
    blastRadius: { agents: 1, destructive: rung.destructive },
    otherHealers: rung.otherHealers?.(context) ?? [],
    gate,
    skipped,
    afterwards: 'verify',
    hash: planHash({ rung: rung.id, actions, preconditions }),
  }
}
