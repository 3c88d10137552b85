import type { Logs } from '../aws/logs.ts'
import type { AgentRef } from '../domain/agent.ts'
import { type Evidence, unavailable } from '../domain/evidence.ts'
import type { AgentProfile } from '../domain/fleet.ts'
import { maskSecrets } from '../domain/mask.ts'
import { addSeconds, type Clock } from '../domain/time.ts'
import { partOf } from './failure.ts'

const windowSeconds = 3600

/** awslogs names a stream `<prefix>/<container>/<task id>`; the CloudWatch agent names it by the host's id. */
const streamOf = ({ model, id }: AgentRef, { container }: AgentProfile): string =>
  model === 'ecs' && container ? `${container.logStreamPrefix}/${container.name}/${id.split('/').at(-1) ?? id}` : id

/** The newest lines that the agent shipped within the last hour. */
export const collectLogs = (
  agent: AgentRef,
  profile: AgentProfile,
  logs: Logs,
  clock: Clock,
): Promise<Evidence['logs']> => {
  const at = clock.now()
  const { logGroup, name } = profile
  if (!logGroup)
    return Promise.resolve(unavailable(at, 'logs', 'cloudwatch logs', `profile ${name} names no log group`))
  return partOf(at, 'logs', 'cloudwatch logs', async () => {
    const { lines, ...rest } = await logs.recent(logGroup, streamOf(agent, profile), addSeconds(at, -windowSeconds))
    return { ...rest, lines: lines.map((line) => ({ ...line, message: maskSecrets(line.message) })) }
  })
}
