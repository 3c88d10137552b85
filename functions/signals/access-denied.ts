import type { Subject } from '../domain/agent.ts'
import { rolesOf } from '../domain/dependencies.ts'
import type { Pool } from '../domain/fleet.ts'
import { parse } from '../domain/parse.ts'
import { apiCall, callerOf, denials, record } from './cloudtrail.ts'
import { agentSubject, poolSubject, poolsHere, subjectOfHost } from './places.ts'
import type { Envelope, Reader } from './reader.ts'
import { ignored, rejected, tell } from './tell.ts'

/** Tasks run under sessions named after the task's own id; a role of several pools does not tell whose task it is. */
const taskSubject = (pools: readonly Pool[], session: string, role: string, event: Envelope): Subject | null => {
  const [pool, ...others] = pools
  if (!pool || others.length > 0 || pool.agents.model !== 'ecs' || !/^[0-9a-f]{32}$/.test(session)) return null
  const partition = role.split(':')[1]
  return agentSubject(
    pool,
    `arn:${partition}:ecs:${event.region}:${event.account}:task/${pool.agents.cluster}/${session}`,
  )
}

/**
 * A call that AWS refused to an agent's role, reading calls among them. The session tells which agent it was: EC2 and
 * Systems Manager name it after the instance or node, ECS after the task (IAM user guide, "IAM roles for Amazon EC2";
 * ECS developer guide, "Task IAM role").
 */
export const accessDenied: Reader = {
  source: 'aws.*',
  detailType: apiCall,
  kinds: ['access-denied'],
  hears: 'a call was refused to a role of a pool; the agent that the session names, else the pool',
  takes: ({ detail }) => denials.some((code) => code === detail['errorCode']),
  async read(event, fleet, directory) {
    const parsed = parse(record, event.detail)
    if (!parsed.ok) return rejected('detail of a CloudTrail record', parsed.problems)
    const call = parsed.value
    const role = call.userIdentity.sessionContext?.sessionIssuer?.arn
    if (!role) return ignored(`${call.eventName} was refused to ${callerOf(call)}, which is no role`)
    const pools = poolsHere(fleet, event).filter((pool) => rolesOf(pool).includes(role))
    if (pools.length === 0)
      return ignored(`${call.eventName} was refused (${call.errorCode}) to ${role}, with which no pool works`)
    const session = call.userIdentity.arn?.split('/').at(-1) ?? ''
    const agent = (await subjectOfHost(session, event, fleet, directory)) ?? taskSubject(pools, session, role, event)
    return tell(event, {
      kind: 'access-denied',
      subjects: agent ? [agent] : pools.map(poolSubject),
      summary: `${call.eventSource} refused ${call.eventName} to ${callerOf(call)}: ${call.errorMessage ?? call.errorCode}`,
      details: {
        caller: callerOf(call),
        role,
        call: `${call.eventSource.replace('.amazonaws.com', '')}:${call.eventName}`,
        errorCode: call.errorCode,
        errorMessage: call.errorMessage,
      },
      unknown: `no pool works with role ${role}`,
    })
  },
}
