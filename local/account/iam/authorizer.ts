import { refused } from '../errors.ts'
import { isAllowed } from './policy.ts'
import { type RequestContext, requestsOf } from './requests.ts'
import type { SynthesisedPolicies } from './synthesised.ts'

/**
 * IAM before each call: refuses, in the service's own words, what the policy of the calling function does not allow. What
 * the replay itself calls stands for a person or for AWS, and is not the functions' business.
 */
export const authorizer =
  ({ byFunction, keyArn }: SynthesisedPolicies, context: Omit<RequestContext, 'keyArn'>) =>
  (caller: string, service: string, operation: string, input: Record<string, unknown>): void => {
    if (caller === 'replay') return
    for (const request of requestsOf(service, operation, input, { ...context, keyArn }))
      if (!isAllowed(byFunction[caller] ?? [], request))
        throw refused(service, `agent-medic-${caller}`, request.action, request.resource)
  }
