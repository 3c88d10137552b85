import type { AgentDirectory } from '../aws/agent-directory.ts'
import { type Subject, subjectKey } from '../domain/agent.ts'
import type { Fleet } from '../domain/fleet.ts'
import { agentSubject, poolOfDimensions, poolSubject, poolsHere, subjectOfHost } from './places.ts'
import type { Envelope } from './reader.ts'

type Dimensions = Record<string, string>

const idIn = (dimensions: Dimensions): string | undefined => dimensions['AgentId'] ?? dimensions['InstanceId']
const isHostId = (id: string): boolean => /^(i|mi)-/.test(id)

const agentOf = async (
  dimensions: Dimensions,
  event: Envelope,
  fleet: Fleet,
  directory: AgentDirectory,
): Promise<Subject | null> => {
  const id = idIn(dimensions)
  if (id === undefined) return null
  // A pool name in a dimension is a claim; whether the host belongs to it is asked of AWS.
  if (isHostId(id)) return subjectOfHost(id, event, fleet, directory)
  const named = poolOfDimensions(dimensions, poolsHere(fleet, event))
  return named ? agentSubject(named, id) : null
}

/**
 * Whom an alarm speaks for: the one agent that its series name; the pool, when they name several agents of it, a pool
 * alone, or nobody and the pool lists the alarm's name. An alarm about a host of no pool is nobody's.
 */
export const subjectOfAlarm = async (
  alarmName: string,
  series: readonly Dimensions[],
  event: Envelope,
  fleet: Fleet,
  directory: AgentDirectory,
): Promise<Subject | null> => {
  const pools = poolsHere(fleet, event)
  const found = new Map<string, Subject>()
  for (const dimensions of series) {
    const agent = await agentOf(dimensions, event, fleet, directory)
    if (agent) found.set(subjectKey(agent), agent)
  }
  const [only, ...others] = [...found.values()]
  if (only && others.length === 0) return only
  if (only?.kind === 'agent') {
    const pool = pools.find(({ name }) => name === only.agent.pool)
    return pool ? poolSubject(pool) : null
  }
  if (series.some((dimensions) => isHostId(idIn(dimensions) ?? ''))) return null
  const named = series.map((dimensions) => poolOfDimensions(dimensions, pools)).find((pool) => pool !== undefined)
  const speaksFor = named ?? pools.find(({ alarms }) => alarms.includes(alarmName))
  return speaksFor ? poolSubject(speaksFor) : null
}
