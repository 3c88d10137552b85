import { callReader, parameter } from './cloudtrail.ts'
import { subjectOfHost } from './places.ts'

/** A node that Systems Manager no longer knows: nothing reaches it until it is activated again. */
export const nodeDeregistered = callReader({
  source: 'aws.ssm',
  eventSource: 'ssm.amazonaws.com',
  calls: ['DeregisterManagedInstance'],
  kinds: ['node-deregistered'],
  hears: 'an on-premises node was taken out of Systems Manager; the agent',
  things: (call) => parameter(call, 'instanceId'),
  subjects: (ids, _call, event, fleet, directory) =>
    Promise.all(ids.map((id) => subjectOfHost(id, event, fleet, directory))),
})
