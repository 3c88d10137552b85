import { describe, expect, it } from 'vitest'
import type { Message } from '../../functions/aws/notifier.ts'
import { ReportNotPublishedError } from '../../functions/domain/errors.ts'
import type { SignalKind } from '../../functions/domain/signal.ts'
import { publishReport } from '../../functions/steps/publish-report.ts'
import { anIncident, aSignal, opened, theFleet } from '../builders/incident.ts'
import { fakeIncidents, fakeRecords, noStorms } from '../fakes.ts'

const aDesk = (of: { s3?: boolean; sns?: boolean; mark?: boolean; kind?: SignalKind } = {}) => {
  const incidents = fakeIncidents()
  const records = fakeRecords()
  const messages: { topic: string; message: Message }[] = []
  const stored: string[] = []
  const broken = async (): Promise<never> => {
    throw new Error('AccessDenied')
  }
  const services = {
    fleet: theFleet(),
    records: records.store,
    storms: noStorms,
    incidents: of.mark ? { ...incidents.store, markSent: broken } : incidents.store,
    reports: {
      put: of.s3
        ? broken
        : async (_id: string, name: string) => {
            stored.push(name)
            return name
          },
    },
    notifier: {
      publish: of.sns ? broken : async (topic: string, message: Message) => void messages.push({ topic, message }),
    },
    bucket: 'reports',
    clock: { now: () => new Date('2026-01-15T02:05:18.000Z') },
  }
  const state = {
    ...opened({ incident: anIncident({ signal: aSignal(of.kind ? { kind: of.kind } : {}) }) }),
    failure: { Error: 'ContractError', Cause: 'broken' },
  }
  return { publish: () => publishReport(services)(state), incidents, messages, stored, records }
}

describe('publishing a report', () => {
  it('writes both forms, closes the incident and calls a person for one that failed', async () => {
    const desk = aDesk()
    expect((await desk.publish()).report).toMatchObject({ outcome: 'failed', problems: [] })
    expect(desk.stored).toEqual(['report.json', 'report.md'])
    expect(desk.incidents.closed()).toMatchObject({ outcome: 'failed' })
    expect(desk.messages.map(({ topic }) => topic)).toEqual(['escalations'])
  })

  it('cools no agent down for an early warning: trouble that comes after it is taken up at once', async () => {
    const warned = aDesk({ kind: 'spot-interruption' })
    await warned.publish()
    expect(warned.records.record.closures).toEqual([])
    const failed = aDesk()
    await failed.publish()
    expect(failed.records.record.closures).toHaveLength(1)
  })

  it('still tells people when the bucket is denied, and says so', async () => {
    const desk = aDesk({ s3: true })
    expect((await desk.publish()).report.problems).toEqual(['s3: AccessDenied'])
    expect(desk.messages).toHaveLength(1)
  })

  it('tells nobody twice when it is run again', async () => {
    const desk = aDesk()
    await desk.publish()
    await desk.publish()
    expect(desk.messages).toHaveLength(1)
  })

  it('has told people though the mark of it could not be written', async () => {
    const desk = aDesk({ mark: true })
    expect((await desk.publish()).report.channels).toContain('sns')
  })

  it('throws when nobody could be told, so that the state tries again and the execution fails at last', async () => {
    await expect(aDesk({ sns: true }).publish()).rejects.toThrow(ReportNotPublishedError)
  })
})
