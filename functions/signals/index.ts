import type { AgentDirectory } from '../aws/agent-directory.ts'
import type { Fleet } from '../domain/fleet.ts'
import { parse } from '../domain/parse.ts'
import { earlyWarnings, type Reading, type Signal } from '../domain/signal.ts'
import { type Clock, secondsBetween } from '../domain/time.ts'
import { contradictionIn } from './contradiction.ts'
import { ownRoleBehind } from './own-action.ts'
import { type Envelope, envelope, type Reader } from './reader.ts'
import { readers } from './readers.ts'
import { ignored } from './tell.ts'
import { cleanText } from './text.ts'

/** EventBridge retries a target for a day; what is older came by hand or by a redrive. */
const lateAfterSeconds = 24 * 3600
/** Clocks of AWS differ by less; what is of a later time was not made by it. */
const earlyBySeconds = 3600

const isOfSource = (reader: Reader, source: string): boolean =>
  reader.source === source || (reader.source === 'aws.*' && source.startsWith('aws.'))

/** An old event still tells of trouble that evidence will show or not; an old warning tells of a moment that has passed. */
const told = (reading: Reading, event: Envelope, clock: Clock): Reading => {
  if (reading.outcome !== 'signal' || secondsBetween(event.time, clock.now()) <= lateAfterSeconds) return reading
  const late = `the event is of ${event.time}`
  if (earlyWarnings.has(reading.signal.kind))
    return ignored(`late: ${late}, and ${reading.signal.kind} has passed since`)
  const marked = (signal: Signal): Signal => ({ ...signal, details: { ...signal.details, late } })
  return { ...reading, signal: marked(reading.signal), ...(reading.also ? { also: reading.also.map(marked) } : {}) }
}

/** Why an event with a reader can't be of AWS; null when it may be. */
const forgery = (event: Envelope, clock: Clock): string | null => {
  if (secondsBetween(clock.now(), event.time) > earlyBySeconds) return `the event is of ${event.time}, which is to come`
  return contradictionIn(event)
}

/**
 * What an event comes to. No input makes it throw: what is malformed, unknown, not of a source that AWS reserves to itself
 * or at odds with its own envelope is rejected with the field and the problem. Nothing is remembered from event to event:
 * repeats are told by their id when an incident opens, and what comes out of order leads to evidence that is read anew.
 * Throws only what the directory throws.
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
  const ofType = readers.filter(({ detailType }) => detailType === event['detail-type'])
  const ofSource = ofType.filter((reader) => isOfSource(reader, event.source))
  const kind = `source "${cleanText(event.source, 100)}", detail-type "${cleanText(event['detail-type'], 100)}"`
  // EventBridge admits `aws.` sources from AWS alone: anything else that claims one of our detail-types is forged.
  if (ofType.length > 0 && !event.source.startsWith('aws.') && ofSource.length === 0)
    return { outcome: 'rejected', reason: `forged: ${kind} does not come from AWS` }
  if (ofSource.length === 0) return { outcome: 'rejected', reason: `no reader for ${kind}` }
  const forged = forgery(event, clock)
  if (forged) return { outcome: 'rejected', reason: cleanText(`forged: ${forged}`) }
  const own = ownRoleBehind(event)
  if (own) return ignored(`own action: ${cleanText(own, 200)} made this call`)
  const reader = ofSource.find(({ takes }) => takes?.(event) ?? true)
  if (!reader) return ignored(`no reader asks for ${cleanText(event.detail['eventName'] ?? kind, 200)}`)
  return told(await reader.read(event, fleet, directory), event, clock)
}
