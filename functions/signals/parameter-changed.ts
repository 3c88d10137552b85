import { callReader, parameter } from './cloudtrail.ts'
import { poolSubject, poolsNeeding } from './places.ts'

/**
 * A parameter that holds state of agents was written or deleted. Read from CloudTrail rather than from "Parameter Store
 * Change", which does not tell who; CloudTrail leaves the value out.
 */
export const parameterChanged = callReader({
  source: 'aws.ssm',
  eventSource: 'ssm.amazonaws.com',
  calls: ['PutParameter', 'DeleteParameter', 'DeleteParameters'],
  kinds: ['parameter-changed'],
  hears: 'a parameter in `state` or `dependsOn` was written or deleted; each pool',
  things: (call) => [...parameter(call, 'name'), ...parameter(call, 'names')],
  subjects: async (names, _call, event, fleet) =>
    poolsNeeding(fleet, event, (dependency) => names.includes(dependency)).map(poolSubject),
})
