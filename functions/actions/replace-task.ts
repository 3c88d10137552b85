import type { ActionDefinition } from './action-definition.ts'

/** ECS takes at most 36 characters in startedBy and 64 in clientToken; an action id may be longer than the first. */
const tokenOf = (actionId: string): string => actionId.slice(-36)

const clusterOf = (agents: { model: string }): string => ('cluster' in agents ? String(agents.cluster) : '')

/**
 * Runs another task like the stopped standalone one. RunTask takes a client token, so a repeat starts no second task; the
 * token is the task's `startedBy` too, by which `find` sees it. A service's tasks are its scheduler's business.
 */
export const replaceTask: ActionDefinition = {
  kind: 'replace-task',
  channel: 'ecs-api',
  destructive: false,
  disruptive: false,
  undo: 'Stop the new task: aws ecs stop-task --cluster <cluster> --task <task>.',
  deadlineSeconds: 600,
  async start(action, { tasks }, { pool }) {
    const network = 'network' in pool.agents ? pool.agents.network : undefined
    return { task: await tasks.runLike(action.target, clusterOf(pool.agents), tokenOf(action.id), network) }
  },
  async find(action, { tasks }, { pool }) {
    const task = await tasks.findStartedBy(clusterOf(pool.agents), tokenOf(action.id))
    return task ? { task } : 'not-started'
  },
  async check(action, { task }, { tasks }, { pool }) {
    if (!task) return { status: 'failed', detail: 'the task that was started is not known' }
    const view = await tasks.describe({ ...action.target, id: task }, clusterOf(pool.agents))
    if (view?.lastStatus === 'RUNNING') return { status: 'succeeded', detail: `task ${task} runs` }
    if (!view || view.lastStatus === 'STOPPED')
      return { status: 'failed', detail: `the new task stopped: ${view?.stoppedReason ?? 'no reason given'}` }
    return { status: 'pending', waitSeconds: 15, detail: `the new task is ${view.lastStatus}` }
  },
}

/** The task that a finished replacement names; null when none is named. */
export const newTaskIn = (detail: string): string | null => /^task (\S+) runs$/.exec(detail)?.[1] ?? null
