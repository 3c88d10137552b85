import { ecsOf, fact } from './facts.ts'
import { insufficient, matched, notMatched, type Rule } from './rule.ts'

const cause = 'ecs-task-out-of-memory'
const word = /OutOfMemory/

/**
 * A container of the task was killed for memory. The word stands in the container's reason; the task's own reason usually
 * only says that an essential container exited. Neighbour: exit 137 alone is also a stop time-out, and decides nothing.
 */
export const ecsTaskOutOfMemory: Rule = {
  cause,
  explains: [],
  judge(evidence, { signal }) {
    const task = ecsOf(evidence)
    // ECS forgets a stopped task after an hour; the event's own words then still stand.
    const told = signal.kind === 'ecs-task-stopped' ? (signal.details['containers'] ?? '') : ''
    if (!task && evidence.platform.status === 'observed') return notMatched(cause, 'the agent is no ECS task')
    if (!task && !word.test(told)) return insufficient(cause, ['platform.containers'], 'ECS could not be read')
    const killed = task?.containers.find(({ reason }) => reason && word.test(reason))
    if (killed)
      return matched(cause, 0.97, [
        fact(
          `container ${killed.name}`,
          `${killed.reason ?? ''}, exit code ${killed.exitCode ?? 'not known'}`,
          'ecs-api',
        ),
        ...(task?.memoryMiB ? [fact('memory of the task', `${task.memoryMiB} MiB`, 'ecs-api')] : []),
      ])
    if (word.test(told)) return matched(cause, 0.9, [fact('containers, by the event', told.slice(0, 200), 'event')])
    return notMatched(cause, 'no container was killed for memory')
  },
}
