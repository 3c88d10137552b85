import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseFleet } from '../../functions/domain/load-fleet.ts'
import { readEvent } from '../../functions/signals/index.ts'
import { scenarioNames } from '../../local/replay/scenario.ts'

const root = join(import.meta.dirname, '../..')
const json = (path: string) => JSON.parse(readFileSync(join(root, path), 'utf8'))
const fleet = parseFleet(json('fleet.json'))
const directory = { poolOfInstance: async (id: string) => (id.startsWith('i-0f') ? null : 'linux-builders') }
const clock = { now: () => new Date('2026-01-15T02:03:12Z') }
const read = (event: unknown) => readEvent(event, fleet, directory, clock)
const sample = (name: string) => json(`events/${name}/event.json`)

describe('readEvent', () => {
  it('reads a heartbeat alarm as the agent that its dimensions name', async () => {
    const reading = await read(sample('service-stopped'))
    expect(reading).toMatchObject({
      outcome: 'signal',
      signal: {
        kind: 'heartbeat-missing',
        subject: { kind: 'agent', agent: { id: 'i-0a1b2c3d4e5f60001', pool: 'linux-builders', model: 'ec2' } },
      },
    })
  })

  it('reads a composite alarm as the pool that lists its name', async () => {
    expect(await read(sample('composite-alarm'))).toMatchObject({
      outcome: 'signal',
      signal: { kind: 'composite-alarm', subject: { kind: 'pool', pool: 'linux-builders' } },
    })
  })

  it('names who removed an instance profile', async () => {
    expect(await read(sample('instance-profile-removed'))).toMatchObject({
      outcome: 'signal',
      signal: {
        kind: 'instance-profile-removed',
        details: { caller: 'arn:aws:sts::111122223333:assumed-role/infrastructure-deploy/deploy' },
      },
    })
  })

  it('ignores a removal that AWS refused', async () => {
    const event = sample('instance-profile-removed')
    event.detail.errorCode = 'Client.UnauthorizedOperation'
    expect(await read(event)).toMatchObject({ outcome: 'ignored' })
  })

  it('ignores a task that its scheduler stopped for a deployment, and reads one that it stopped as unhealthy', async () => {
    const event = sample('ecs-task-out-of-memory')
    event.detail.stopCode = 'ServiceSchedulerInitiated'
    event.detail.stoppedReason = 'Scaling activity initiated by (deployment ecs-svc/123)'
    expect(await read(event)).toMatchObject({ outcome: 'ignored' })
    event.detail.stoppedReason = 'Task failed container health checks'
    expect(await read(event)).toMatchObject({ outcome: 'signal' })
  })

  it('ignores an alarm on its way back', async () => {
    const event = sample('service-stopped')
    event.detail.state.value = 'OK'
    expect(await read(event)).toMatchObject({ outcome: 'ignored' })
  })

  it('does not take an event of another account for one of ours', async () => {
    const elsewhere = JSON.stringify(sample('service-stopped')).replaceAll('111122223333', '444455556666')
    expect(await read(JSON.parse(elsewhere))).toMatchObject({ outcome: 'unknown-agent' })
  })

  it('rejects an event that claims one of our kinds and does not come from AWS', async () => {
    const reading = await read({ ...sample('service-stopped'), source: 'my.app' })
    expect(reading).toMatchObject({ outcome: 'rejected', reason: expect.stringContaining('forged') })
  })

  it('says of a malformed event which field is wrong', async () => {
    expect(await read(sample('malformed-event'))).toMatchObject({
      outcome: 'rejected',
      reason: expect.stringMatching(/alarmName.*state\.value/),
    })
  })

  it('tells an event of last week', async () => {
    const reading = await read({ ...sample('service-stopped'), time: '2026-01-08T02:03:11Z' })
    expect(reading).toMatchObject({
      outcome: 'signal',
      signal: { details: { late: 'the event is of 2026-01-08T02:03:11Z' } },
    })
  })

  it('lets no control character of an alarm through', async () => {
    const event = sample('service-stopped')
    event.detail.state.reason = 'bad\r\nBcc: x@example.com\u0000\u202e'
    const reading = await read(event)
    expect(JSON.stringify(reading.outcome === 'signal' ? reading.signal.details : '')).not.toMatch(
      /\\r|\\n|\\u0000|\u202e/,
    )
  })

  it('throws for no input at all', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue({ maxDepth: 4 }), async (value) => {
        expect(['rejected', 'ignored', 'unknown-agent', 'signal']).toContain((await read(value)).outcome)
      }),
      { numRuns: 300 },
    )
  })

  it.each(scenarioNames())('throws for no change of a value in %s', async (name) => {
    const event = sample(name)
    const paths = Object.keys(event.detail ?? {})
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...paths, ...Object.keys(event)), fc.jsonValue(), async (key, value) => {
        const changed =
          key in event ? { ...event, [key]: value } : { ...event, detail: { ...event.detail, [key]: value } }
        expect(['rejected', 'ignored', 'unknown-agent', 'signal']).toContain((await read(changed)).outcome)
      }),
      { numRuns: 50 },
    )
  })
})
