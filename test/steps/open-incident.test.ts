import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { dynamoAgentRecords } from '../../functions/aws/agent-records.ts'
import { dynamoControlStore } from '../../functions/aws/control-store.ts'
import { dynamoIncidentStore } from '../../functions/aws/incident-store.ts'
import { dynamoLeaseStore } from '../../functions/aws/lease-store.ts'
import { openIncident } from '../../functions/steps/open-incident.ts'
import { useTable } from '../aws/a-table.ts'
import { anAgent, theFleet } from '../builders/incident.ts'
import { noStorms, openCalendars } from '../fakes.ts'
import { sampleEvent } from '../signals/samples/index.ts'

const { aTable } = useTable()
let number = 0

/** An agent and a table's keys of its own for each test. */
const anOpening = (of: { fails?: string } = {}) => {
  number += 1
  const id = `i-0a1b2c3d4e5f6${String(number).padStart(4, '0')}`
  const sample = JSON.parse(readFileSync(join(import.meta.dirname, '../../events/service-stopped/event.json'), 'utf8'))
  sample.detail.configuration.metrics[0].metricStat.metric.dimensions.AgentId = id
  const event = (eventId: string) => ({ ...sample, id: `${eventId}-${number}` })
  const { table, clock } = aTable()
  const rejected: string[] = []
  const incidents = dynamoIncidentStore(table, clock)
  let failing = of.fails
  const services = {
    fleet: theFleet(),
    directory: { poolOfInstance: async () => 'linux-builders' },
    incidents: {
      ...incidents,
      open: async (incident: Parameters<typeof incidents.open>[0]) => {
        if (failing === 'open') {
          failing = undefined
          throw new Error('the function died')
        }
        return incidents.open(incident)
      },
    },
    leases: dynamoLeaseStore(table, clock),
    controls: dynamoControlStore(table, clock),
    records: dynamoAgentRecords(table, clock),
    storms: noStorms,
    calendars: openCalendars,
    notifier: { publish: async () => {} },
    rejected: { put: async (_event: unknown, reason: string) => void rejected.push(reason) },
    clock,
  }
  const run = (eventId: string, execution: string) =>
    openIncident(services)({
      event: event(eventId),
      execution: `arn:aws:states:eu-central-1:111122223333:execution:m:${execution}-${number}`,
      startedAt: '2026-03-01T02:00:00.000Z',
    })
  const subject = { kind: 'agent' as const, agent: anAgent({ id }) }
  return { run, services, rejected, subject, incidents, clock }
}

/** A sample about agents that no other test has opened an incident of. */
const aboutOthers = (name: string, digit = 'a') =>
  JSON.parse(JSON.stringify(sampleEvent(name)).replaceAll('i-0a1b2c3d4e5f6', `i-0a1b2c3d4e5f${digit}`))

describe('opening an incident', () => {
  it('takes the lease and opens it', async () => {
    const opening = anOpening()
    const state = await opening.run('event', 'one')
    expect(state).toMatchObject({
      opening: { decision: 'opened' },
      attempt: 1,
      incident: { fence: 1, mode: 'act', subject: opening.subject },
    })
  })

  it('comes out the same when the function is run again by its own execution', async () => {
    const opening = anOpening()
    const first = await opening.run('event', 'one')
    expect(await opening.run('event', 'one')).toEqual(first)
  })

  it('finishes what it began when it died between the lease and the incident', async () => {
    const opening = anOpening({ fails: 'open' })
    await expect(opening.run('event', 'one')).rejects.toThrow('died')
    expect(await opening.run('event', 'one')).toMatchObject({ opening: { decision: 'opened' }, incident: { fence: 1 } })
  })

  it('joins the incident that the same event opened', async () => {
    const opening = anOpening()
    const first = await opening.run('event', 'one')
    const id = 'incident' in first ? first.incident.id : ''
    expect(await opening.run('event', 'two')).toMatchObject({ opening: { decision: 'joined', incidentId: id } })
  })

  it('appends another event of the agent to its open incident', async () => {
    const opening = anOpening()
    await opening.run('event', 'one')
    expect(await opening.run('another', 'two')).toMatchObject({
      opening: { decision: 'joined', reason: expect.stringContaining('open incident') },
    })
  })

  it('opens one incident of two events that come at once', async () => {
    const opening = anOpening()
    const states = await Promise.all([opening.run('event', 'one'), opening.run('another', 'two')])
    expect(states.map(({ opening: { decision } }) => decision).sort()).toEqual(['joined', 'opened'])
  })

  it('opens the next incident with a higher fence once the first has given its lease back', async () => {
    const opening = anOpening()
    const first = await opening.run('event', 'one')
    if (!('incident' in first)) throw new Error('it should have opened')
    await opening.services.leases.release(opening.subject, first.incident.execution, first.incident.fence)
    expect(await opening.run('another', 'two')).toMatchObject({ incident: { fence: 2 } })
  })

  it('leaves a quarantined agent alone, and says since when', async () => {
    const opening = anOpening()
    await opening.incidents.quarantine(
      opening.subject,
      'inc-before',
      'the ladder ended',
      opening.clock.now().toISOString(),
    )
    expect(await opening.run('event', 'one')).toMatchObject({
      opening: { decision: 'suppressed', reason: expect.stringContaining('inc-before') },
    })
  })

  it('keeps an event that makes no sense, with the reason', async () => {
    const opening = anOpening()
    const state = await openIncident(opening.services)({
      event: { hello: 'world' },
      execution: 'arn:aws:states:eu-central-1:111122223333:execution:m:x',
      startedAt: '2026-03-01T02:00:00.000Z',
    })
    expect(state).toMatchObject({ opening: { decision: 'unreadable' } })
    expect(opening.rejected[0]).toContain('not an EventBridge event')
  })

  it('marks whom else the event concerns, so that the sweep opens an incident of each', async () => {
    const { services } = anOpening()
    const event = aboutOthers('stop-instances')
    const opened = await openIncident(services)({
      event,
      execution: 'arn:aws:states:eu-central-1:111122223333:execution:m:stopped',
      startedAt: '2026-03-01T02:00:00.000Z',
    })
    const marked = (await services.incidents.dueMarks()).filter(({ signal }) => signal.eventId === event.id)
    expect(opened).toMatchObject({
      opening: { decision: 'opened' },
      incident: { subject: { agent: { id: 'i-0a1b2c3d4e5fa0001' } } },
    })
    expect(marked).toMatchObject([{ signal: { subject: { agent: { id: 'i-0a1b2c3d4e5fa0002' } } } }])
  })

  it('counts no early warning towards a storm', async () => {
    const { services } = anOpening()
    const arrive = async () => {
      throw new Error('counted')
    }
    const opened = await openIncident({ ...services, storms: { ...noStorms, arrive } })({
      event: { ...aboutOthers('rebalance-recommended', 'b'), time: services.clock.now().toISOString() },
      execution: 'arn:aws:states:eu-central-1:111122223333:execution:m:warned',
      startedAt: '2026-03-01T02:00:00.000Z',
    })
    expect(opened).toMatchObject({ opening: { decision: 'opened' } })
  })
})
