import type { ActionDefinition } from './action-definition.ts'

/**
 * Stops the instance, so that its next start lands on other hardware. `find` reads the state: `stopping` or `stopped` after
 * our intent is our stop; `running` means that it was not taken. StopInstances on a stopped instance changes nothing, so a
 * repeat is harmless.
 */
export const stopInstance: ActionDefinition = {
  kind: 'stop-instance',
  channel: 'ec2-api',
  destructive: true,
  disruptive: true,
  undo: 'Start the instance: aws ec2 start-instances --instance-ids <id>.',
  deadlineSeconds: 900,
  async start(action, { instances }) {
    await instances.stop(action.target)
    return {}
  },
  async find(action, { instances }) {
    const { state } = await instances.describe(action.target)
    if (state === 'stopping' || state === 'stopped') return {}
    return state === 'running' ? 'not-started' : 'unknown'
  },
  async check(action, _handle, { instances }) {
    const { state } = await instances.describe(action.target)
    if (state === 'stopped') return { status: 'succeeded', detail: 'the instance is stopped' }
    if (state === 'stopping' || state === 'running')
      return { status: 'pending', waitSeconds: 20, detail: `the instance is ${state}` }
    return { status: 'failed', detail: `the instance is ${state}` }
  },
}
