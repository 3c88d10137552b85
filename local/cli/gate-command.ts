import { parseArgs } from 'node:util'
import { UsageError } from '../replay/scenario.ts'
import type { GateClient, Waiting } from './gate-client.ts'

export const gateUsage = `npm run gate -- list
npm run gate -- approve <incident>
npm run gate -- reject <incident> --reason "…"
  --url <DecisionUrl>   or AGENT_MEDIC_GATE_URL; the stack prints it as DecisionUrl`

export interface GateArguments {
  verb: 'list' | 'approve' | 'reject'
  incidentId: string
  url: string
  reason?: string
}

/** Reads the arguments. Throws UsageError with the remedy. */
export const readGateArguments = (argv: readonly string[], environmentUrl: string | undefined): GateArguments => {
  let parsed: { values: { url?: string; reason?: string }; positionals: string[] }
  try {
    parsed = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: { url: { type: 'string' }, reason: { type: 'string' } },
    })
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n\n${gateUsage}`, { cause: error })
  }
  const { values, positionals } = parsed
  const [verb, incidentId = ''] = positionals
  if (verb !== 'list' && verb !== 'approve' && verb !== 'reject') throw new UsageError(gateUsage)
  if (verb !== 'list' && !/^inc-[a-z0-9-]+$/.test(incidentId))
    throw new UsageError(`name the incident, such as inc-20260115-9cab4739\n\n${gateUsage}`)
  if (verb === 'reject' && !values.reason)
    throw new UsageError('give a --reason: whoever takes over the agent reads it in the report')
  const url = values.url ?? environmentUrl
  if (!url) throw new UsageError('set AGENT_MEDIC_GATE_URL to the DecisionUrl that the stack prints, or give --url')
  return { verb, incidentId, url, ...(values.reason ? { reason: values.reason } : {}) }
}

const shown = ({ incidentId, pool, expiresAt, summary }: Waiting): string =>
  `${incidentId}  pool ${pool}, answer by ${expiresAt}\n\n${summary}\n`

/** Lists what waits, or decides about the plan that waits for an incident, which is shown first. */
export const runGate = async (
  { verb, incidentId, reason }: GateArguments,
  client: GateClient,
  write: (text: string) => void,
): Promise<void> => {
  const waiting = await client.list()
  if (verb === 'list') {
    write(waiting.length === 0 ? 'Nothing waits for a decision.' : waiting.map(shown).join('\n'))
    return
  }
  const request = waiting.find((each) => each.incidentId === incidentId)
  if (!request)
    throw new Error(
      `nothing waits for ${incidentId}: it was decided, it expired, or it never asked; npm run gate -- list shows what waits`,
    )
  write(shown(request))
  const went = await client.decide(incidentId, verb, request.planHash, reason)
  write(`${verb === 'approve' ? 'Approved' : 'Rejected'}; the workflow ${went}.`)
}
