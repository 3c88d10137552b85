import { describe, expect, it } from 'vitest'
import { awsLogs } from '../../functions/aws/logs.ts'
import { anApiError, answering, type Call, start } from './a-platform.ts'

const anHourAgo = new Date(start.getTime() - 3_600_000)
const lines = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => ({
    timestamp: anHourAgo.getTime() + from + index,
    message: `line ${from + index}`,
  }))

const recent = async (answer: object | ((call: Call) => object)) => {
  const { platform, calls } = answering({ FilterLogEvents: answer })
  return { facts: await awsLogs(platform).recent('/agents/worker', 'i-1', anHourAgo), calls }
}

describe('the newest lines of an agent', () => {
  it('are asked for by group, stream and time', async () => {
    const { facts, calls } = await recent({ events: lines(0, 1) })
    expect(calls[0]?.input).toEqual({
      logGroupName: '/agents/worker',
      logStreamNamePrefix: 'i-1',
      startTime: anHourAgo.getTime(),
    })
    expect(facts).toEqual({
      group: '/agents/worker',
      lines: [{ at: '2026-03-01T01:00:00.000Z', message: 'line 0' }],
      truncated: false,
    })
  })

  it('are the last fifty of every page, and it is said that there were more', async () => {
    const { facts } = await recent(({ input }: Call) =>
      input['nextToken'] ? { events: lines(40, 30) } : { events: lines(0, 40), nextToken: '2' },
    )
    expect(facts.lines).toHaveLength(50)
    expect(facts.lines.at(-1)?.message).toBe('line 69')
    expect(facts.truncated).toBe(true)
  })

  it('are cut where one is long', async () => {
    const { facts } = await recent({ events: [{ timestamp: 0, message: 'x'.repeat(2000) }] })
    expect(facts.lines[0]?.message).toHaveLength(500)
  })

  it('are looked for over a shorter time when there are more than may be read', async () => {
    const { facts, calls } = await recent(({ input }: Call) =>
      input['startTime'] === anHourAgo.getTime()
        ? { events: lines(0, 50), nextToken: 'more' }
        : { events: lines(3_590_000, 2) },
    )
    expect(facts.lines.map(({ message }) => message)).toEqual(['line 3590000', 'line 3590001'])
    expect(facts.truncated).toBe(true)
    expect(calls).toHaveLength(6)
  })

  it('are read on where a page is empty on the way', async () => {
    const { facts } = await recent(({ input }: Call) =>
      input['nextToken'] ? { events: lines(0, 1) } : { events: [], nextToken: '2' },
    )
    expect(facts.lines).toHaveLength(1)
  })

  it('are not there when their group is not', async () => {
    await expect(recent(anApiError('ResourceNotFoundException'))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    })
  })
})
