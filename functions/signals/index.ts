import type { AgentDirectory } from '../aws/agent-directory.ts'
import type { Fleet } from '../domain/fleet.ts'
import { parse } from '../domain/parse.ts'
import type { Reading } from '../domain/signal.ts'
import { type Clock, secondsBetween } from '../domain/time.ts'
import { cloudwatchAlarm } from './cloudwatch-alarm.ts'
import { ecsTaskStopped } from './ecs-task-stopped.ts'
import { instanceProfileRemoved } from './instance-profile-removed.ts'
import { instanceStateChanged } from './instance-state-changed.ts'
import { ownRoleBehind } from './own-action.ts'
import { type Envelope, envelope, type Reader } from './reader.ts'
import { cleanText } from './text.ts'
import { unattended } from './unattended.ts'

export const readers: readonly Reader[] = [
  cloudwatchAlarm,
  ecsTaskStopped,
  instanceStateChanged,
  instanceProfileRemoved,
  unattended,
]

/** EventBridge retries a target for a day; what is older came by hand or by a redrive. */
const lateAfterSeconds = 24 * 3600

const told = (reading: Reading, event: Envelope, clock: Clock): Reading => {
  if (reading.outcome !== 'signal' || secondsBetween(event.time, clock.now()) <= lateAfterSeconds) return reading
  return {
    ...reading,
    signal: { ...reading.signal, details: { ...reading.signal.details, late: `the event is of ${event.time}` } },
  }
}

/**
 * What an event comes to. No input makes it throw: what is malformed, unknown or not of a source that AWS reserves to
 * itself is rejected with the field and the problem. Throws only what the directory throws.
 */
export const readEvent = async (
  raw: unknown,
  fleet: Fleet,
  directory: AgentDirectory,
  clock: Clock,
): Promise<Reading> => {
  const parsed = parse(envelope, raw)
  if (!parsed.ok)
    return { outcome: 'rejected', reason: cleanText(`not an EventBridge event: ${parsed.problems.join('; ')}`) }
  const event = parsed.value
  const reader = readers.find(
    ({ source, detailType }) => source === event.source && detailType === event['detail-type'],
  )
  const own = reader && ownRoleBehind(event)
  if (own) return { outcome: 'ignored', reason: `own action: ${cleanText(own, 200)} made this call` }
  if (reader) return told(await reader.read(event, fleet, directory), event, clock)
  const kind = `source "${cleanText(event.source, 100)}", detail-type "${cleanText(event['detail-type'], 100)}"`
  // EventBridge admits `aws.` sources from AWS alone: anything else that claims one of our detail-types is forged.
  const forged = readers.some(({ detailType }) => detailType === event['detail-type'])
  return { outcome: 'rejected', reason: forged ? `forged: ${kind} does not come from AWS` : `no reader for ${kind}` }
}
