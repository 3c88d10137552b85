import { describe, expect, it } from 'vitest'
import { dynamoIncidentStore } from '../../functions/aws/incident-store.ts'
import type { Incident } from '../../functions/domain/incident.ts'
import type { Signal } from '../../functions/domain/signal.ts'
import { aboutAgent, anAgent } from './a-platform.ts'
import { useTable } from './a-table.ts'

const { aTable } = useTable()
const at = '2026-03-01T02:00:00.000Z'
const aStore = () => {
  const { table, clock } = aTable()
  return { incidents: dynamoIncidentStore(table, clock), table }
}

const aSignal = (of: Partial<Signal> = {}): Signal => ({
  eventId: 'event-1',
  kind: 'metric-alarm',
  subject: aboutAgent(),
  at,
  source: 'aws.cloudwatch',
  summary: 'CPU is high.',
  details: {},
  ...of,
})
const anIncident = (id: string): Incident => ({
  id,
  subject: aboutAgent(),
  signal: aSignal(),
  openedAt: at,
  execution: 'arn:one',
  fence: 1,
  mode: 'act',
})

describe('the claim of an event', () => {
  it('is given again to the execution that has it, and tells another where the event went', async () => {
    const { incidents } = aStore()
    expect(await incidents.claimEvent('event-claim', 'arn:one', 'inc-1')).toEqual({ status: 'claimed' })
    expect(await incidents.claimEvent('event-claim', 'arn:one', 'inc-1')).toEqual({ status: 'claimed' })
    expect(await incidents.claimEvent('event-claim', 'arn:two', 'inc-2')).toEqual({
      status: 'taken',
      incidentId: 'inc-1',
    })
  })

  it('goes to one of two deliveries at once', async () => {
    const { incidents } = aStore()
    const answers = await Promise.all(
      ['one', 'two'].map((each) => incidents.claimEvent('event-race', `arn:${each}`, `inc-${each}`)),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual(['claimed', 'taken'])
  })

  it('is tidied away only after EventBridge has given up repeating', async () => {
    const { incidents, table } = aStore()
    await incidents.claimEvent('event-ttl', 'arn:one', 'inc-1')
    const item = await table.get({ pk: 'EVENT#event-ttl', sk: 'CLAIM' })
    expect(Number(item?.['expiresAtEpoch']) - Date.parse(at) / 1000).toBeGreaterThan(24 * 3600)
  })
})

describe('an incident', () => {
  it('is read as it was opened, and a repeat of the opening does not undo its end', async () => {
    const { incidents } = aStore()
    await incidents.open(anIncident('inc-open'))
    expect(await incidents.read('inc-open')).toMatchObject({ id: 'inc-open', closedAt: null, execution: 'arn:one' })
    await incidents.close('inc-open', 'recovered', 'disk-full', '2026-03-01T02:20:00.000Z')
    await incidents.open(anIncident('inc-open'))
    expect(await incidents.read('inc-open')).toMatchObject({ outcome: 'recovered', cause: 'disk-full' })
  })

  it('is listed by its status', async () => {
    const { incidents, table } = aStore()
    await incidents.open(anIncident('inc-status'))
    const ids = async (status: string) => (await table.byStatus(status)).map(({ id }) => id)
    expect(await ids('INCIDENT#open')).toContain('inc-status')
    await incidents.close('inc-status', 'recovered', null, at)
    expect(await ids('INCIDENT#open')).not.toContain('inc-status')
    expect(await ids('INCIDENT#closed')).toContain('inc-status')
  })

  it('tells its timeline in the order of time, and a repeated note once', async () => {
    const { incidents } = aStore()
    const note = (at: string, text: string) => incidents.note('inc-time', { at, phase: 'act', text })
    await note('2026-03-01T02:02:00.000Z', 'second')
    await note('2026-03-01T02:01:00.000Z', 'first')
    await note('2026-03-01T02:02:00.000Z', 'also then')
    await note('2026-03-01T02:02:00.000Z', 'second')
    const texts = (await incidents.timeline('inc-time')).map(({ text }) => text)
    expect(texts[0]).toBe('first')
    expect(texts.slice(1).sort()).toEqual(['also then', 'second'])
  })

  it('keeps the signals that met it, each once', async () => {
    const { incidents, table } = aStore()
    await incidents.append('inc-append', aSignal(), at)
    await incidents.append('inc-append', aSignal(), at)
    await incidents.append('inc-append', aSignal({ eventId: 'event-2' }), at)
    expect(await table.query('INCIDENT#inc-append', 'SIGNAL#')).toHaveLength(2)
  })

  it('remembers which messages were sent', async () => {
    const { incidents } = aStore()
    expect(await incidents.messageSent('inc-message', 'report')).toBe(false)
    await incidents.markSent('inc-message', 'report', at)
    expect(await incidents.messageSent('inc-message', 'report')).toBe(true)
  })
})

describe('what stays of a subject', () => {
  it('is a due mark per suppressed signal, with its reason', async () => {
    const { incidents, table } = aStore()
    await incidents.markDue(aSignal({ eventId: 'event-due' }), 'protected', at)
    await incidents.markDue(aSignal({ eventId: 'event-due' }), 'protected', at)
    const due = (await table.byStatus('DUE')).filter(({ sk }) => sk === 'DUE#event-due')
    expect(due).toEqual([expect.objectContaining({ reason: 'protected', signal: aSignal({ eventId: 'event-due' }) })])
  })

  it('is its quarantine', async () => {
    const { incidents } = aStore()
    const subject = aboutAgent(anAgent({ id: 'i-0a1b2c3d4e5f60009' }))
    expect(await incidents.quarantined(subject)).toBeUndefined()
    await incidents.quarantine(subject, 'inc-9', 'the ladder ended', at)
    expect(await incidents.quarantined(subject)).toMatchObject({ incidentId: 'inc-9', reason: 'the ladder ended', at })
    expect(await incidents.quarantined(aboutAgent())).toBeUndefined()
  })
})
