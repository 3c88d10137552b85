import { parseArgs } from 'node:util'
import * as z from 'zod/mini'
import { parse } from '../../functions/domain/parse.ts'
import { cleanText } from '../../functions/signals/text.ts'
import { UsageError } from '../replay/scenario.ts'

export const eventsUsage = `npm run events -- rejected                     events that made no sense, or whose incident could not be opened
npm run events -- dead-letters                 events that could not be delivered
npm run events -- redrive <queue> --id <id>    starts the workflow with one of them again; <queue> is rejected or dead-letters
npm run events -- redrive <queue> --all
  --json`

export const queueNames = {
  rejected: 'agent-medic-rejected-events',
  'dead-letters': 'agent-medic-dead-letters',
} as const
export type QueueName = keyof typeof queueNames

export interface EventsArguments {
  verb: 'list' | 'redrive'
  queue: QueueName
  /** Message id; null for all of them. */
  id: string | null
  json: boolean
}

/** A message as SQS gives it. */
export interface QueuedMessage {
  id: string
  receipt: string
  body: string
  /** EventBridge's own words on a dead letter: ERROR_CODE, ERROR_MESSAGE, RULE_ARN, TARGET_ARN. */
  attributes: Record<string, string>
  sentAt: string
}

export interface EventQueues {
  /** What lies in the queue now. It is hidden from others for as long as a listing takes, and stays in the queue. */
  peek(queue: QueueName): Promise<QueuedMessage[]>
  remove(queue: QueueName, message: QueuedMessage): Promise<void>
}

/** Starts the remediate workflow. A name serves once. */
export type StartWorkflow = (name: string, event: unknown) => Promise<{ started: boolean }>

const isQueue = (name: string | undefined): name is QueueName => name === 'rejected' || name === 'dead-letters'

/** Reads the arguments. Throws UsageError with the remedy. */
export const readEventsArguments = (argv: readonly string[]): EventsArguments => {
  let parsed: { values: { id?: string; all?: boolean; json?: boolean }; positionals: string[] }
  try {
    parsed = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: { id: { type: 'string' }, all: { type: 'boolean' }, json: { type: 'boolean' } },
    })
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n\n${eventsUsage}`, {
      cause: error,
    })
  }
  const { values, positionals } = parsed
  const [first, second, ...rest] = positionals
  const json = values.json ?? false
  if (isQueue(first) && second === undefined) return { verb: 'list', queue: first, id: null, json }
  if (first !== 'redrive' || rest.length > 0) throw new UsageError(eventsUsage)
  if (!isQueue(second)) throw new UsageError(`name the queue to redrive: rejected or dead-letters\n\n${eventsUsage}`)
  if ((values.id === undefined) === (values.all !== true))
    throw new UsageError('say which: --id <id> for one of them, as the list shows it, or --all')
  return { verb: 'redrive', queue: second, id: values.id ?? null, json }
}

const rejectedBody = z.object({
  reason: z.string(),
  execution: z.optional(z.string()),
  truncated: z.optional(z.boolean()),
  event: z.unknown(),
})
const eventShape = z.object({ id: z.string(), source: z.string(), 'detail-type': z.string(), time: z.string() })

interface Shown {
  id: string
  at: string
  reason: string
  source: string
  detailType: string
  /** The event to start the workflow with; without it, why there is none. */
  event?: unknown
  stays?: string
}

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const described = (event: unknown): Pick<Shown, 'source' | 'detailType'> => {
  const read = parse(eventShape, event)
  return read.ok
    ? { source: cleanText(read.value.source, 100), detailType: cleanText(read.value['detail-type'], 100) }
    : { source: 'unknown', detailType: 'unknown' }
}

const readRejected = ({ id, body, sentAt }: QueuedMessage): Shown => {
  const read = parse(rejectedBody, jsonOf(body))
  if (!read.ok)
    return {
      id,
      at: sentAt,
      reason: 'not of ours',
      source: 'unknown',
      detailType: 'unknown',
      stays: 'its body is not one that the medic writes',
    }
  const { reason, truncated, event } = read.value
  const shown = { id, at: sentAt, reason: cleanText(reason, 300), ...described(event) }
  return truncated ? { ...shown, stays: 'the event was too large to be kept whole' } : { ...shown, event }
}

const readDeadLetter = ({ id, body, attributes, sentAt }: QueuedMessage): Shown => {
  const event = jsonOf(body)
  const reason = cleanText(
    `${attributes['ERROR_CODE'] ?? 'unknown'}: ${attributes['ERROR_MESSAGE'] ?? 'no reason given'}`,
    300,
  )
  const shown = { id, at: sentAt, reason, ...described(event) }
  const target = attributes['TARGET_ARN'] ?? ''
  if (target.endsWith(':stateMachine:agent-medic-remediate')) return { ...shown, event }
  const stays = target.includes(':function:agent-medic-close-incident')
    ? 'the sweep closes what its execution left'
    : 'it was not on its way to the workflow'
  return { ...shown, stays }
}

const read = (queue: QueueName, message: QueuedMessage): Shown =>
  queue === 'rejected' ? readRejected(message) : readDeadLetter(message)

/**
 * Lists a queue, or starts the workflow with its events again. A message is removed only once its execution was accepted: a
 * command that dies in between leaves it, and its repeat starts nothing twice, since the execution's name is the message's.
 */
export const runEvents = async (
  { verb, queue, id, json }: EventsArguments,
  queues: EventQueues,
  start: StartWorkflow,
  write: (text: string) => void,
): Promise<void> => {
  const messages = (await queues.peek(queue)).filter((message) => id === null || message.id === id)
  if (id !== null && messages.length === 0)
    throw new Error(`${queue} holds no message ${id}, or somebody else is looking at it now; list it anew`)
  const rows: (Omit<Shown, 'event'> & { redriven?: boolean })[] = []
  for (const message of messages) {
    const { event, ...shown } = read(queue, message)
    if (verb === 'redrive' && shown.stays === undefined) {
      await start(`redrive-${message.id}`, event)
      await queues.remove(queue, message)
      rows.push({ ...shown, redriven: true })
    } else rows.push({ ...shown, ...(verb === 'redrive' ? { redriven: false } : {}) })
  }
  if (json) return write(JSON.stringify({ queue, events: rows }, null, 2))
  if (rows.length === 0) return write(`${queue} is empty.`)
  for (const { id: each, at, source, detailType, reason, stays, redriven } of rows) {
    write(`${each}  ${at}  ${source}, ${detailType}\n    ${reason}`)
    if (redriven) write('    redriven: the workflow was started with it')
    else if (stays) write(`    stays in the queue: ${stays}`)
  }
}
