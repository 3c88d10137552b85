import type { Instances } from '../aws/instances.ts'
import type { Subject } from '../domain/agent.ts'
import { unavailable } from '../domain/evidence.ts'
import { maskSecrets } from '../domain/mask.ts'
import type { Clock } from '../domain/time.ts'
import { partOf } from './failure.ts'

const lineLimit = 40

/** The end of an instance's console output: the one witness when Run Command does not reach it. */
export const collectConsole = async (subject: Subject, instances: Instances, clock: Clock) => {
  const at = clock.now()
  if (subject.kind !== 'agent' || subject.agent.model !== 'ec2')
    return unavailable(at, 'console-output', 'ec2 console', 'only EC2 instances have a console')
  const { agent } = subject
  return partOf(at, 'console-output', 'ec2 console', async () => {
    const { lines, capturedAt } = await instances.consoleOutput(agent)
    return { lines: lines.slice(-lineLimit).map((line) => maskSecrets(line).slice(0, 300)), capturedAt }
  })
}
