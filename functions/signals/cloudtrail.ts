import * as z from 'zod/mini'
import type { AgentDirectory } from '../aws/agent-directory.ts'
import type { Subject } from '../domain/agent.ts'
import type { Fleet } from '../domain/fleet.ts'
import { parse } from '../domain/parse.ts'
import type { SignalKind } from '../domain/signal.ts'
import type { Envelope, Reader } from './reader.ts'
import { ignored, rejected, tell } from './tell.ts'
import { cleanText } from './text.ts'

export const apiCall = 'AWS API Call via CloudTrail'

/** The codes of a refused call: EC2 has its own word, and the JSON services differ among themselves. */
export const denials = ['AccessDenied', 'AccessDeniedException', 'Client.UnauthorizedOperation'] as const

const someText = z.optional(z.nullable(z.string()))
const someRecord = z.optional(z.nullable(z.record(z.string(), z.unknown())))

/** `detail` of "AWS API Call via CloudTrail": one record (CloudTrail user guide, "CloudTrail record contents"). */
export const record = z.object({
  eventSource: z.string(),
  eventName: z.string(),
  errorCode: someText,
  errorMessage: someText,
  userIdentity: z.object({
    type: someText,
    arn: someText,
    invokedBy: someText,
    sessionContext: z.optional(z.object({ sessionIssuer: z.optional(z.object({ arn: someText })) })),
  }),
  requestParameters: someRecord,
  responseElements: someRecord,
})
export type CallRecord = z.infer<typeof record>

export const callerOf = ({ userIdentity: { arn, invokedBy, type } }: CallRecord): string =>
  cleanText(arn ?? invokedBy ?? type ?? 'an unknown caller', 300)

/** Newer calls of EC2 are recorded as `{ <Call>Request: { GroupId } }`, older ones as `{ groupId }`. */
const unwrapped = ({ eventName, requestParameters }: CallRecord): Record<string, unknown> => {
  const inner = requestParameters?.[`${eventName}Request`]
  return (typeof inner === 'object' && inner !== null ? inner : (requestParameters ?? {})) as Record<string, unknown>
}

/** Text at any depth of a value: lists are recorded as `[…]`, `{ items: [{ … }] }` or `{ tag, content }`. */
const textsIn = (value: unknown, depth = 0): string[] => {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null || depth > 5) return []
  return Object.values(value).flatMap((each) => textsIn(each, depth + 1))
}

/** Every text below a parameter of the call, whatever case its name is recorded in. */
export const parameter = (call: CallRecord, name: string): string[] =>
  Object.entries(unwrapped(call)).flatMap(([key, value]) =>
    key.toLowerCase() === name.toLowerCase() ? textsIn(value) : [],
  )

/** Every text of the answer. */
export const answered = ({ responseElements }: CallRecord): string[] => textsIn(responseElements ?? {})

export interface CallReaderProps {
  source: string
  eventSource: string
  calls: readonly string[]
  kinds: readonly [SignalKind, ...SignalKind[]]
  hears: string
  kindOf?(call: CallRecord): SignalKind
  /** Why a call of this kind is nobody's trouble; null when it may be. */
  harmless?(call: CallRecord): string | null
  /** What was changed, as a person reads it; empty when the record does not tell. */
  things(call: CallRecord): string[]
  subjects(
    things: string[],
    call: CallRecord,
    event: Envelope,
    fleet: Fleet,
    directory: AgentDirectory,
  ): Promise<(Subject | null)[]>
}

/** A reader of calls that change something. A call that was refused changed nothing. */
export const callReader = (props: CallReaderProps): Reader => ({
  source: props.source,
  detailType: apiCall,
  kinds: props.kinds,
  hears: props.hears,
  calls: props.calls,
  takes: ({ detail }) => props.calls.some((name) => name === detail['eventName']),
  async read(event, fleet, directory) {
    const parsed = parse(record, event.detail)
    if (!parsed.ok) return rejected('detail of a CloudTrail record', parsed.problems)
    const call = parsed.value
    if (call.eventSource !== props.eventSource)
      return rejected(`forged: ${call.eventName} is no call of the event's source`, [
        `detail.eventSource: ${call.eventSource}`,
      ])
    if (call.errorCode) return ignored(`the call was refused (${call.errorCode}) and changed nothing`)
    const harmless = props.harmless?.(call)
    if (harmless) return ignored(harmless)
    const things = [...new Set(props.things(call))]
    if (things.length === 0)
      return rejected(`CloudTrail record of ${call.eventName}`, ['it does not tell what was changed'])
    const named = cleanText(things.join(', '), 200)
    const caller = callerOf(call)
    return tell(event, {
      kind: props.kindOf?.(call) ?? props.kinds[0],
      subjects: await props.subjects(things, call, event, fleet, directory),
      summary: `${caller} called ${call.eventName} on ${named}`,
      details: { caller, call: call.eventName, changed: named },
      unknown: `no pool of fleet.json in ${event.account} ${event.region} has or needs ${named}`,
    })
  },
})
