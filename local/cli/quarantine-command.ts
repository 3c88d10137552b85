import { parseArgs } from 'node:util'
import type { AutoScalingGroups } from '../../functions/aws/auto-scaling-groups.ts'
import type { IncidentStore, Quarantine } from '../../functions/aws/incident-store.ts'
import { poolNameOf, subjectLabel } from '../../functions/domain/agent.ts'
import type { Clock } from '../../functions/domain/time.ts'
import { UsageError } from '../replay/scenario.ts'

export const quarantineUsage = `npm run quarantine -- list
npm run quarantine -- lift <agent> --reason "…"
  --return-to-service   takes an instance out of Standby as well`

export interface QuarantineArguments {
  verb: 'list' | 'lift'
  agent: string
  reason: string
  returnToService: boolean
}

export interface QuarantineServices {
  incidents: Pick<IncidentStore, 'quarantines' | 'liftQuarantine' | 'note'>
  groups: Pick<AutoScalingGroups, 'membershipOf' | 'exitStandby'>
  whoAmI(): Promise<string>
  clock: Clock
}

/** Reads the arguments. Throws UsageError with the remedy. */
export const readQuarantineArguments = (argv: readonly string[]): QuarantineArguments => {
  let parsed: { values: { reason?: string; 'return-to-service'?: boolean }; positionals: string[] }
  try {
    parsed = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: { reason: { type: 'string' }, 'return-to-service': { type: 'boolean' } },
    })
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n\n${quarantineUsage}`, {
      cause: error,
    })
  }
  const { values, positionals } = parsed
  const [verb, agent = '', ...rest] = positionals
  if (rest.length > 0 || (verb !== 'list' && verb !== 'lift')) throw new UsageError(quarantineUsage)
  if (verb === 'lift' && !agent) throw new UsageError(`name the agent, as the list shows it\n\n${quarantineUsage}`)
  if (verb === 'lift' && !values.reason)
    throw new UsageError('give a --reason: the incident that quarantined the agent tells it')
  return { verb, agent, reason: values.reason ?? '', returnToService: values['return-to-service'] ?? false }
}

const shown = ({ subject, at, incidentId, reason }: Quarantine): string =>
  `${subjectLabel(subject)}  pool ${poolNameOf(subject)}, since ${at} by ${incidentId}\n    ${reason}`

/**
 * Lists what is in quarantine, or lifts it: from then on the medic may act on the agent again. What had taken the agent out
 * of work is told, and for an instance in Standby it is undone where that is asked for.
 */
export const runQuarantine = async (
  { verb, agent, reason, returnToService }: QuarantineArguments,
  services: QuarantineServices,
  write: (text: string) => void,
): Promise<void> => {
  const all = await services.incidents.quarantines()
  if (verb === 'list') return write(all.length === 0 ? 'Nothing is in quarantine.' : all.map(shown).join('\n'))
  const found = all.filter(({ subject }) => subjectLabel(subject) === agent)
  const [quarantine] = found
  if (!quarantine) throw new Error(`${agent} is not in quarantine; npm run quarantine -- list shows what is`)
  if (found.length > 1) throw new Error(`${agent} names ${found.length} agents; their pools can't be told apart by it`)
  const by = await services.whoAmI()
  const lifted = await services.incidents.liftQuarantine(quarantine.subject, quarantine.incidentId)
  if (!lifted) throw new Error(`${agent} was lifted, or quarantined anew, by somebody else just now; list it again`)
  await services.incidents.note(quarantine.incidentId, {
    at: services.clock.now().toISOString(),
    phase: 'report',
    text: `The quarantine was lifted by ${by}: ${reason}`,
  })
  write(`${agent} is out of quarantine: the medic may act on it again.`)
  write(await backToWork(quarantine, returnToService, services))
}

const backToWork = async (
  { subject }: Quarantine,
  returnToService: boolean,
  { groups }: QuarantineServices,
): Promise<string> => {
  if (subject.kind === 'pool') return 'Nothing of the pool was taken out of work.'
  const { agent } = subject
  if (agent.model === 'hybrid') return `If its unit was stopped, start it: systemctl start <unit> on ${agent.id}.`
  if (agent.model !== 'ec2') return 'Nothing is to be put back: its scheduler starts its successor.'
  const membership = await groups.membershipOf(agent)
  if (!membership) return 'It is in no Auto Scaling group (any more); if its unit was stopped, start it again.'
  if (membership.lifecycle !== 'Standby')
    return `Its group has it as ${membership.lifecycle}; if its unit was stopped, start it again.`
  const command = `aws autoscaling exit-standby --instance-ids ${agent.id} --auto-scaling-group-name ${membership.group}`
  if (!returnToService) return `It is in Standby still. Once it works: ${command} (or --return-to-service).`
  await groups.exitStandby(agent, membership.group)
  return `It was given back to group ${membership.group}.`
}
