import * as z from 'zod/mini'

export const agentModel = z.enum(['ec2', 'ecs', 'codebuild', 'hybrid'])
export type AgentModel = z.infer<typeof agentModel>

/** A worker that runs pipeline jobs. `id` is an instance id, a task ARN, a build id or a managed-node id (`mi-…`). */
export const agentRef = z.object({
  account: z.string(),
  region: z.string(),
  pool: z.string(),
  id: z.string(),
  model: agentModel,
})
export type AgentRef = z.infer<typeof agentRef>

/** What an incident is about: one agent, or a whole pool when no single agent is named. */
export const subject = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('agent'), agent: agentRef }),
  z.object({ kind: z.literal('pool'), account: z.string(), region: z.string(), pool: z.string() }),
])
export type Subject = z.infer<typeof subject>

/** The key of a subject in the table: leases, budgets and due marks hang on it. */
export const subjectKey = (of: Subject): string =>
  of.kind === 'agent'
    ? `AGENT#${of.agent.account}#${of.agent.region}#${of.agent.pool}#${of.agent.id}`
    : `POOL#${of.account}#${of.region}#${of.pool}`

export const poolNameOf = (of: Subject): string => (of.kind === 'agent' ? of.agent.pool : of.pool)

/** The pool of a subject, as ledgers are keyed. */
export const poolOf = (of: Subject): Pick<AgentRef, 'account' | 'region' | 'pool'> => {
  const { account, region, pool } = of.kind === 'agent' ? of.agent : of
  return { account, region, pool }
}

/** How a person reads a subject. */
export const subjectLabel = (of: Subject): string => (of.kind === 'agent' ? of.agent.id : `pool ${of.pool}`)
