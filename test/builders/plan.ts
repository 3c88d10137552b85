import type { Action } from '../../functions/domain/action.ts'
import { type ActPlan, planHash } from '../../functions/domain/plan.ts'
import type { Planned } from '../../functions/domain/workflow.ts'
import { anAgent, diagnosed } from './incident.ts'

const reboot: Action = {
  id: 'inc-20260115-0a1b2c3d-1-0',
  kind: 'reboot',
  target: anAgent(),
  parameters: {},
  channel: 'ec2-api',
  always: false,
  undo: "Can't be undone.",
}

/** A state with a plan that acts; `of` changes parts of the plan. */
export const planned = (of: Partial<ActPlan> = {}): Planned & { plan: ActPlan } => {
  const actions = of.actions ?? [reboot]
  const preconditions = of.preconditions ?? ['agent-still-failing' as const]
  const plan: ActPlan = {
    kind: 'act',
    route: 'act',
    cause: 'ssm-agent-unreachable',
    rung: 'reboot',
    actions,
    preconditions,
    expectedEffect: 'the instance boots anew',
    blastRadius: { agents: 1, destructive: true },
    otherHealers: [],
    gate: { kind: 'automatic' },
    skipped: [],
    afterwards: 'verify',
    hash: planHash({ rung: 'reboot', actions, preconditions }),
    ...of,
  }
  return { ...diagnosed('ssm-agent-unreachable'), plan }
}
