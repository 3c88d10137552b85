import type { Subject } from '../domain/agent.ts'
import type { Fleet } from '../domain/fleet.ts'
import { answered, type CallRecord, callReader, parameter } from './cloudtrail.ts'
import { agentSubject, lastPart, poolOfService, poolSubject, poolsHere } from './places.ts'
import type { Envelope } from './reader.ts'

/** ECS takes `default` when the call names no cluster. */
const clusterOf = (call: CallRecord): string => lastPart(parameter(call, 'cluster')[0] ?? 'default')

/** A task belongs to the pool whose service or family the answer (the task as DescribeTasks gives it) names. */
const taskSubject = (call: CallRecord, event: Envelope, fleet: Fleet): Subject | null => {
  const told = answered(call)
  const arn = told.find((each) => /^arn:[a-z-]+:ecs:[^:]+:\d{12}:task\//.test(each))
  const pool = poolsHere(fleet, event).find(({ agents }) => {
    if (agents.model !== 'ecs' || agents.cluster !== clusterOf(call)) return false
    const group = 'service' in agents ? `service:${agents.service}` : `family:${agents.family}`
    return told.includes(group)
  })
  return arn && pool ? agentSubject(pool, arn) : null
}

/** Somebody stopped a task, or changed or deleted the service that schedules agents. */
export const ecsChangeCalled = callReader({
  source: 'aws.ecs',
  eventSource: 'ecs.amazonaws.com',
  calls: ['StopTask', 'UpdateService', 'DeleteService'],
  kinds: ['ecs-change-called'],
  hears: 'somebody stopped a task (the agent), or changed or deleted the service (the pool)',
  things: (call) => [...parameter(call, 'task'), ...parameter(call, 'service')],
  subjects: async ([service = ''], call, event, fleet) => {
    if (call.eventName === 'StopTask') return [taskSubject(call, event, fleet)]
    const pool = poolOfService(fleet, event, clusterOf(call), service)
    return [pool ? poolSubject(pool) : null]
  },
})
