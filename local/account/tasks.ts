import type { AccountState, Task } from './state.ts'

const seconds = { schedule: 15, start: 30 }

export const startTask = (
  state: AccountState,
  like: Pick<Task, 'cluster' | 'family' | 'service'>,
  startedBy: string | null,
  clientToken: string | null,
): Task => {
  const task: Task = {
    ...like,
    arn: `arn:aws:ecs:${state.region}:${state.account}:task/${like.cluster}/${state.newId('', 32)}`,
    startedBy,
    clientToken,
    lastStatus: 'PROVISIONING',
    desiredStatus: 'RUNNING',
    stopCode: null,
    stoppedReason: null,
    stoppedAt: null,
    exitCode: null,
    containerReason: null,
  }
  state.tasks.set(task.arn, task)
  state.timeline.after(seconds.start, () => {
    if (task.lastStatus === 'PROVISIONING') task.lastStatus = 'RUNNING'
  })
  return task
}

/** A task that ended; the scheduler of a service starts the next one, and nobody does so for a standalone one. */
export const endTask = (
  state: AccountState,
  task: Task,
  how: Pick<Task, 'stopCode' | 'stoppedReason' | 'exitCode' | 'containerReason'>,
): void => {
  Object.assign(task, how, { lastStatus: 'STOPPED', desiredStatus: 'STOPPED', stoppedAt: state.timeline.now() })
  const { service } = task
  if (!service) return
  state.timeline.after(seconds.schedule, () => {
    const wanted = state.services.get(`${task.cluster}/${service}`)?.desired ?? 0
    const standing = [...state.tasks.values()].filter(
      (each) => each.service === service && each.desiredStatus === 'RUNNING',
    ).length
    if (standing < wanted) startTask(state, task, `ecs-svc/${state.newId('', 19)}`, null)
  })
}
