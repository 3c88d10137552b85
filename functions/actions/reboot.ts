import type { ActionDefinition } from './action-definition.ts'

const settleSeconds = 120

/**
 * Reboots the instance. RebootInstances has no client token and no effect that EC2 shows: the state stays `running`. So a
 * lost answer is `unknown` and never repeated. When the call throttles or times out, it may have been taken: unknown as
 * well. The check waits for the time that a boot takes and then asks for a running instance with both status checks ok and,
 * where Systems Manager knew it, an SSM agent that has pinged since: the smoke tests prove the rest.
 */
export const reboot: ActionDefinition = {
  kind: 'reboot',
  channel: 'ec2-api',
  destructive: true,
  disruptive: true,
  undo: "Can't be undone: running jobs ended with the reboot.",
  deadlineSeconds: 900,
  async start(action, { instances, clock }) {
    await instances.reboot(action.target)
    return { rebootedAt: clock.now().toISOString() }
  },
  async find() {
    return 'unknown'
  },
  async check(action, handle, { instances, clock }, { intendedAt }) {
    const since = (clock.now().getTime() - new Date(handle['rebootedAt'] ?? intendedAt).getTime()) / 1000
    if (since < settleSeconds)
      return { status: 'pending', waitSeconds: Math.ceil(settleSeconds - since), detail: 'the instance boots' }
    const { state, systemStatus, instanceStatus } = await instances.describe(action.target)
    if (state !== 'running') return { status: 'failed', detail: `the instance is ${state}` }
    if (systemStatus === 'impaired' || instanceStatus === 'impaired')
      return {
        status: 'failed',
        detail: `status checks after the reboot: system ${systemStatus}, instance ${instanceStatus}`,
      }
    if (systemStatus !== 'ok' || instanceStatus !== 'ok')
      return { status: 'pending', waitSeconds: 30, detail: 'the status checks are not through' }
    return { status: 'succeeded', detail: 'the instance runs and its status checks are ok' }
  },
}
