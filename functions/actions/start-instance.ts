import type { ActionDefinition } from './action-definition.ts'

/**
 * Starts the stopped instance and waits for both status checks. `find` reads the state: `pending` or `running` is our start;
 * `stopped` means that it was not taken. StartInstances on a running instance changes nothing.
 */
export const startInstance: ActionDefinition = {
  kind: 'start-instance',
  channel: 'ec2-api',
  destructive: false,
  disruptive: true,
  undo: 'Stop the instance: aws ec2 stop-instances --instance-ids <id>.',
  deadlineSeconds: 900,
  async start(action, { instances }) {
    await instances.start(action.target)
    return {}
  },
  async find(action, { instances }) {
    const { state } = await instances.describe(action.target)
    if (state === 'pending' || state === 'running') return {}
    return state === 'stopped' ? 'not-started' : 'unknown'
  },
  async check(action, _handle, { instances }) {
    const { state, systemStatus, instanceStatus } = await instances.describe(action.target)
    if (state === 'running' && systemStatus === 'ok' && instanceStatus === 'ok')
      return { status: 'succeeded', detail: 'the instance runs and its status checks are ok' }
    if (state === 'running' && (systemStatus === 'impaired' || instanceStatus === 'impaired'))
      return { status: 'failed', detail: `status checks: system ${systemStatus}, instance ${instanceStatus}` }
    if (state === 'running' || state === 'pending')
      return {
        status: 'pending',
        waitSeconds: 30,
        detail: `instance ${state}, checks ${systemStatus} and ${instanceStatus}`,
      }
    return { status: 'failed', detail: `the instance is ${state}` }
  },
}
