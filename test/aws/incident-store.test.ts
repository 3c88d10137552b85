import { describe, expect, it } from 'vitest'
import { dynamoIncidentStore, type IncidentStore, type Untold } from '../../functions/aws/incident-store.ts'
import { subjectKey } from '../../functions/domain/agent.ts'
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
  depth: 0,
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

  it('is free again once the execution that took it came to nothing, and only that one frees it', async () => {
    const { incidents } = aStore()
    await incidents.claimEvent('event-free', 'arn:one', 'inc-1')
    await incidents.unclaimEvent('event-free', 'arn:two')
    expect(await incidents.claimEvent('event-free', 'arn:two', 'inc-2')).toMatchObject({ status: 'taken' })
    await incidents.unclaimEvent('event-free', 'arn:one')
    expect(await incidents.claimEvent('event-free', 'arn:two', 'inc-2')).toEqual({ status: 'claimed' })
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

const anUntold: Untold = {
  topic: 'escalations',
  message: {
    subject: 'subject',
    body: 'body',
    chat: { title: 't', description: 'd', nextSteps: [] },
    attributes: { pool: 'linux-builders' },
    dedupe: 'report',
  },
}
const opened = async (incidents: IncidentStore, id: string): Promise<void> => {
  await incidents.begin(anIncident(id))
  await incidents.open(anIncident(id))
}

describe('an incident', () => {
  it('is read as it was opened, and a repeat of the opening does not undo its end', async () => {
    const { incidents } = aStore()
    await opened(incidents, 'inc-open')
    expect(await incidents.read('inc-open')).toMatchObject({ id: 'inc-open', closedAt: null, execution: 'arn:one' })
    await incidents.close('inc-open', 'recovered', 'disk-full', '2026-03-01T02:20:00.000Z', anUntold)
    await opened(incidents, 'inc-open')
    expect(await incidents.read('inc-open')).toMatchObject({ outcome: 'recovered', cause: 'disk-full' })
  })

  it('is listed as being opened, open, and closed until somebody was told', async () => {
    const { incidents } = aStore()
    const listed = async () =>
      Object.fromEntries(
        await Promise.all(
          (['opening', 'open', 'untold'] as const).map(async (status) => [
            status,
            (await incidents.listed(status)).some(({ id }) => id === 'inc-status'),
          ]),
        ),
      )
    await incidents.begin(anIncident('inc-status'))
    expect(await listed()).toEqual({ opening: true, open: false, untold: false })
    await incidents.open(anIncident('inc-status'))
    expect(await listed()).toEqual({ opening: false, open: true, untold: false })
    await incidents.close('inc-status', 'recovered', null, at, anUntold)
    expect(await listed()).toEqual({ opening: false, open: false, untold: true })
    expect(await incidents.read('inc-status')).toMatchObject({ untold: anUntold })
    await incidents.markTold('inc-status')
    expect(await listed()).toEqual({ opening: false, open: false, untold: false })
    await incidents.close('inc-status', 'recovered', null, at, anUntold)
    expect(await listed()).toEqual({ opening: false, open: false, untold: false })
  })

  it('is taken back while it is being opened, and not once it is open', async () => {
    const { incidents } = aStore()
    await incidents.begin(anIncident('inc-back'))
    await incidents.withdraw('inc-back')
    expect(await incidents.read('inc-back')).toBeUndefined()
    await opened(incidents, 'inc-back')
    await incidents.withdraw('inc-back')
    expect(await incidents.read('inc-back')).toMatchObject({ fence: 1 })
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
  it('is a due mark per kind of suppressed signal, the newest, until its trouble is taken up', async () => {
    const { incidents } = aStore()
    const subject = aboutAgent(anAgent({ id: 'i-0a1b2c3d4e5f60007' }))
    const mark = (eventId: string, kind: Signal['kind']) =>
      incidents.markDue({ signal: aSignal({ eventId, kind, subject }), reason: 'protected', at, notBefore: null })
    const due = async () =>
      (await incidents.dueMarks()).filter(({ signal }) => subjectKey(signal.subject) === subjectKey(subject))
    await mark('event-1', 'heartbeat-missing')
    await mark('event-2', 'heartbeat-missing')
    await mark('event-3', 'instance-profile-removed')
    expect((await due()).map(({ signal }) => signal.eventId).sort()).toEqual(['event-2', 'event-3'])
    await incidents.clearDue(subject)
    expect(await due()).toEqual([])
  })

  it('is its Standby, until it was seen in service again', async () => {
    const { incidents } = aStore()
    const mark = { subject: aboutAgent(anAgent({ id: 'i-0a1b2c3d4e5f60008' })), group: 'g', incidentId: 'inc-8', at }
    const marked = async () => (await incidents.standbys()).filter(({ incidentId }) => incidentId === 'inc-8')
    await incidents.markStandby(mark)
    expect(await marked()).toEqual([expect.objectContaining(mark)])
    await incidents.clearStandby(mark.subject)
    await incidents.clearStandby(mark.subject)
    expect(await marked()).toEqual([])
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
