import { FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs'
import type { LogsFacts } from '../domain/evidence.ts'
import type { Platform } from '../runtime/platform.ts'
import { logsClient } from './clients.ts'
import { guarded } from './failures.ts'

/** CloudWatch Logs: the newest lines that an agent shipped. The stream is named by its prefix. */
export interface Logs {
  recent(group: string, streamPrefix: string, since: Date): Promise<LogsFacts>
}

/** Evidence is small: the newest lines that fit, each cut. */
const lineLimit = 50
const lineLength = 500
/** Pages of one reading, each up to 1 MB; a search may answer empty pages on its way. */
const pageLimit = 5
/** An agent that logs more than that is read again over a shorter time, since the newest lines come last. */
const shares = [1, 1 / 12, 1 / 144]

/** FilterLogEvents, over the whole time first, and over the end of it alone when that is more than may be read. */
export const awsLogs = (platform: Platform): Logs => {
  const read = async (group: string, streamPrefix: string, startTime: number) => {
    let lines: LogsFacts['lines'] = []
    let more = false
    let nextToken: string | undefined
    for (let pages = 0; pages < pageLimit; pages += 1) {
      const page = await guarded(() =>
        logsClient(platform).send(
          new FilterLogEventsCommand({
            logGroupName: group,
            logStreamNamePrefix: streamPrefix,
            startTime,
            ...(nextToken ? { nextToken } : {}),
          }),
        ),
      )
      const events = (page.events ?? []).map(({ timestamp = 0, message = '' }) => ({
        at: new Date(timestamp).toISOString(),
        message: message.slice(0, lineLength),
      }))
      more ||= lines.length + events.length > lineLimit
      lines = [...lines, ...events.slice(-lineLimit)].slice(-lineLimit)
      nextToken = page.nextToken
      if (!nextToken) return { lines, more, complete: true }
    }
    return { lines, more: true, complete: false }
  }
  return {
    async recent(group, streamPrefix, since) {
      const now = platform.clock.now().getTime()
      let shortened = false
      let reading: Awaited<ReturnType<typeof read>> = { lines: [], more: false, complete: false }
      for (const share of shares) {
        reading = await read(group, streamPrefix, Math.round(now - (now - since.getTime()) * share))
        if (reading.complete) break
        shortened = true
      }
      return { group, lines: reading.lines, truncated: reading.more || shortened }
    },
  }
}
