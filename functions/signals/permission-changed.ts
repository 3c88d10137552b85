import { callReader, parameter } from './cloudtrail.ts'
import { poolSubject, poolsNeeding } from './places.ts'

/** `…:role/path/builders` is named `builders` by the calls of IAM. */
const isNamed = (arn: string, kind: string, name: string): boolean =>
  arn.includes(`:${kind}/`) && arn.endsWith(`/${name}`)

/**
 * A change of a role, of its instance profile or of a policy that agents work with. IAM records in us-east-1 alone: there
 * a stack hands these events to the regions of the pools, and the rule there puts its own region into the envelope.
 */
export const permissionChanged = callReader({
  source: 'aws.iam',
  eventSource: 'iam.amazonaws.com',
  calls: [
    'PutRolePolicy',
    'DeleteRolePolicy',
    'AttachRolePolicy',
    'DetachRolePolicy',
    'UpdateAssumeRolePolicy',
    'PutRolePermissionsBoundary',
    'DeleteRolePermissionsBoundary',
    'DeleteRole',
    'AddRoleToInstanceProfile',
    'RemoveRoleFromInstanceProfile',
    'DeleteInstanceProfile',
    'CreatePolicyVersion',
    'SetDefaultPolicyVersion',
    'DeletePolicyVersion',
    'DeletePolicy',
  ],
  kinds: ['permission-changed'],
  hears: 'a role, instance profile or policy of a pool changed; each pool',
  things: (call) => [
    ...parameter(call, 'roleName').map((name) => `role ${name}`),
    ...parameter(call, 'instanceProfileName').map((name) => `instance profile ${name}`),
    ...parameter(call, 'policyArn').map((arn) => `policy ${arn}`),
  ],
  subjects: async (_things, call, event, fleet) => {
    const roles = parameter(call, 'roleName')
    const profiles = parameter(call, 'instanceProfileName')
    const policies = parameter(call, 'policyArn')
    return poolsNeeding(
      fleet,
      event,
      (arn) =>
        policies.includes(arn) ||
        roles.some((name) => isNamed(arn, 'role', name)) ||
        profiles.some((name) => isNamed(arn, 'instance-profile', name)),
    ).map(poolSubject)
  },
})
