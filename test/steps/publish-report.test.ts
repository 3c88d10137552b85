import { describe, expect, it } from 'vitest'
import type { Message } from '../../functions/aws/notifier.ts'
import { ReportNotPublishedError } from '../../functions/domain/errors.ts'
import { publishReport } from '../../functions/steps/publish-report.ts'
import { opened, theFleet } from '../builders/incident.ts'
import { fakeIncidents, fakeRecords, noStorms } from '../fakes.ts'

const aDesk = (of: { s3?: boolean; sns?: boolean; mark?: boolean } = {}) => {
  const incidents = fakeIncidents()
  const messages: { topic: string; message: Message }[] = []
  const stored: string[] = []
  const broken = async (): Promise<never> => {
    throw new Error('AccessDenied')
  }
  const services = {
    fleet: theFleet(),
    records: fakeRecords().store,
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
  const state = { ...opened(), failure: { Error: 'ContractError', Cause: 'broken' } }
  return { publish: () => publishReport(services)(state), incidents, messages, stored }
}

describe('publishing a report', () => {
  it('writes both forms, closes the incident and calls a person for one that failed', async () => {
    const desk = aDesk()
    expect((await desk.publish()).report).toMatchObject({ outcome: 'failed', problems: [] })
    expect(desk.stored).toEqual(['report.json', 'report.md'])
    expect(desk.incidents.closed()).toMatchObject({ outcome: 'failed' })
    expect(desk.messages.map(({ topic }) => topic)).toEqual(['escalations'])
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
