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
/** FilterLogEvents goes on for as long as a window is large; the newest lines come last. */
const pageLimit = 5

export const awsLogs = (platform: Platform): Logs => ({
  async recent(group, streamPrefix, since) {
    const lines: LogsFacts['lines'] = []
    let nextToken: string | undefined
    let pages = 0
    do {
      const page = await guarded(() =>
        logsClient(platform).send(
          new FilterLogEventsCommand({
            logGroupName: group,
            logStreamNamePrefix: streamPrefix,
            startTime: since.getTime(),
            ...(nextToken ? { nextToken } : {}),
          }),
        ),
      )
      for (const { timestamp, message } of page.events ?? [])
        lines.push({ at: new Date(timestamp ?? 0).toISOString(), message: (message ?? '').slice(0, lineLength) })
      nextToken = page.nextToken
      pages += 1
    } while (nextToken && pages < pageLimit)
    return { group, lines: lines.slice(-lineLimit), truncated: lines.length > lineLimit || nextToken !== undefined }
  },
})
