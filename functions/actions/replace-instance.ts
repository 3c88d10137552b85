import type { ActionDefinition } from './action-definition.ts'

const gone = new Set(['shutting-down', 'terminated', 'not-found'])

/**
 * Terminates the member and leaves it to its group to launch a successor. TerminateInstanceInAutoScalingGroup has no client
 * token; terminating a terminated instance does nothing, so `find` reads the instance: going or gone is our doing. The
 * members from before stand in the handle; the effect is a member in service that was not among them.
 */
export const replaceInstance: ActionDefinition = {
  kind: 'replace-instance',
  channel: 'ec2-api',
  destructive: true,
  disruptive: true,
  undo: "Can't be undone: the instance is terminated. Its successor comes from the group's launch template.",
  deadlineSeconds: 1200,
  async start(action, { groups }, { pool }) {
    const name = 'autoScalingGroup' in pool.agents ? pool.agents.autoScalingGroup : ''
    const members = (await groups.group(name))?.members ?? []
    await groups.replace(action.target)
    return { membersBefore: members.map(({ id }) => id).join(',') }
  },
  async find(action, { instances }) {
    const { state } = await instances.describe(action.target)
    if (gone.has(state)) return { membersBefore: '' }
    return state === 'running' || state === 'stopped' ? 'not-started' : 'unknown'
  },
  async check(action, handle, { groups, instances }, { pool, intendedAt }) {
    const { state } = await instances.describe(action.target)
    if (!gone.has(state)) return { status: 'pending', waitSeconds: 20, detail: `the old instance is ${state}` }
    const name = 'autoScalingGroup' in pool.agents ? pool.agents.autoScalingGroup : ''
    const group = await groups.group(name)
    if (!group) return { status: 'failed', detail: `group ${name} is gone` }
    const before = new Set((handle['membersBefore'] ?? '').split(',').filter(Boolean))
    for (const { id, lifecycle } of group.members) {
      if (id === action.target.id || before.has(id) || lifecycle !== 'InService') continue
      // After a lost handle the members from before are not known: a successor is one that was launched since.
      const { launchedAt } = before.size > 0 ? { launchedAt: null } : await instances.describe({ ...action.target, id })
      if (before.size > 0 || (launchedAt !== null && launchedAt >= intendedAt))
        return { status: 'succeeded', detail: `successor ${id} is in service` }
    }
    return { status: 'pending', waitSeconds: 30, detail: 'the group launches a successor' }
  },
}
