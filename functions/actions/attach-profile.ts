import type { ActionDefinition } from './action-definition.ts'

/**
 * Associates the instance profile that fleet.json names; what an event says is never attached. EC2 refuses a second
 * association, so a repeat changes nothing; `find` reads the association. Another profile that is there already is left
 * alone: somebody chose it.
 */
export const attachProfile: ActionDefinition = {
  kind: 'attach-profile',
  channel: 'ec2-api',
  destructive: false,
  disruptive: false,
  undo: 'aws ec2 disassociate-iam-instance-profile --association-id <association>',
  deadlineSeconds: 300,
  async start(action, { instances }) {
    const wanted = action.parameters['ProfileArn'] ?? ''
    await instances.attachProfile(action.target, wanted)
    return { wanted }
  },
  async find(action, { instances }) {
    const wanted = action.parameters['ProfileArn'] ?? ''
    const standing = await instances.profileOf(action.target)
    if (standing === wanted) return { wanted }
    return standing === null ? 'not-started' : 'unknown'
  },
  async check(action, _handle, { instances }) {
    const wanted = action.parameters['ProfileArn'] ?? ''
    const standing = await instances.profileOf(action.target)
    if (standing === wanted) return { status: 'succeeded', detail: `${wanted} is associated` }
    if (standing === null) return { status: 'pending', waitSeconds: 10, detail: 'no profile is associated yet' }
    return { status: 'failed', detail: `${standing} is associated instead` }
  },
}
