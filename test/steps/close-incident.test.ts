import { describe, expect, it } from 'vitest'
import { dynamoAgentRecords } from '../../functions/aws/agent-records.ts'
import { dynamoControlStore } from '../../functions/aws/control-store.ts'
import { dynamoIncidentStore } from '../../functions/aws/incident-store.ts'
import { dynamoLeaseStore } from '../../functions/aws/lease-store.ts'
import type { Message } from '../../functions/aws/notifier.ts'
import { dynamoPoolLedger } from '../../functions/aws/pool-ledger.ts'
import { dynamoStorms } from '../../functions/aws/storms.ts'
import type { Subject } from '../../functions/domain/agent.ts'
import { incidentIdOf } from '../../functions/domain/incident.ts'
import { closeIncident, type ExecutionEnded, lingerSeconds } from '../../functions/steps/close-incident.ts'
import { functionTimeoutSeconds, handlerNames } from '../../infra/handlers.ts'
import { aboutAgent, anAgent } from '../aws/a-platform.ts'
import { useTable } from '../aws/a-table.ts'
import { theFleet } from '../builders/incident.ts'

const { aTable } = useTable()
const startDate = Date.parse('2026-03-01T02:00:00.000Z')
let number = 0

/** An execution that opened an incident about an agent in Standby or in service, and then died. */
const aDeath = async (of: { lifecycle?: string; mode?: 'off'; deaf?: boolean; opened?: boolean } = {}) => {
  number += 1
  const { table, clock } = aTable()
  const incidents = dynamoIncidentStore(table, clock)
  const leases = dynamoLeaseStore(table, clock)
  const ledger = dynamoPoolLedger(table, clock)
  const agent = anAgent({ id: `i-0b1b2c3d4e5f6${String(number).padStart(4, '0')}`, pool: 'linux-builders' })
  const subject: Subject = aboutAgent(agent)
  const execution = `arn:aws:states:eu-central-1:111122223333:execution:agent-medic-remediate:death-${number}`
  const id = incidentIdOf(execution, new Date(startDate))
  const signal = {
    eventId: `death-${number}`,
    kind: 'heartbeat-missing' as const,
    subject,
    at: '2026-03-01T01:59:00.000Z',
    source: 'aws.cloudwatch',
    summary: 'The agent sends no heartbeat.',
    details: {},
  }
  const draft = { id, subject, signal, openedAt: '2026-03-01T02:00:01.000Z', execution }
  if (of.opened !== false) {
    await incidents.begin(draft)
    await leases.acquire(subject, execution, id, 7200)
    await incidents.open({ ...draft, fence: 1, mode: 'act', depth: 0 })
    await ledger.reserve(agent, `${id}-1`, { maxConcurrent: 100, maxPerHour: 1000 }, 7200)
    await leases.intend(subject, execution, 1, { id: `${id}-1-0`, kind: 'reboot' }, 90)
  }
  let lifecycle = of.lifecycle ?? 'InService'
  if (lifecycle !== 'InService')
    await incidents.markStandby({ subject, group: 'linux-builders', incidentId: id, at: signal.at })
  const messages: Message[] = []
  const reports: string[] = []
  const rejected: string[] = []
  const groups = {
    group: async () => null,
    membershipOf: async () => ({ group: 'linux-builders', lifecycle, health: 'Healthy', protectedFromScaleIn: false }),
    enterStandby: async () => {},
    exitStandby: async () => {
      lifecycle = 'Pending'
    },
    replace: async () => {},
  }
  const services = {
    fleet: theFleet(),
    incidents,
    records: dynamoAgentRecords(table, clock),
    storms: dynamoStorms(table, clock),
    leases,
    ledger,
    groups: groups as never,
    controls: of.mode
      ? {
          ...dynamoControlStore(table, clock),
          mode: async () => ({ mode: 'off' as const, reason: null, by: null, setAt: null, expiresAt: null }),
        }
      : dynamoControlStore(table, clock),
    reports: {
      put: async (_id: string, name: string, body: string) => {
        reports.push(body)
        return name
      },
    },
    notifier: {
      publish: async (_topic: string, message: Message) => {
        if (deaf) throw new Error('AuthorizationError')
        messages.push(message)
      },
    },
    rejected: { put: async (_event: unknown, reason: string) => void rejected.push(reason) },
    undoOf: () => 'Start the instance again.',
    bucket: 'reports',
    clock,
  }
  let deaf = of.deaf === true
  const detail: ExecutionEnded = {
    executionArn: execution,
    status: 'ABORTED',
    startDate,
    input: JSON.stringify({ id: signal.eventId, source: 'aws.cloudwatch' }),
    error: null,
    cause: 'stopped by a person',
  }
  return {
    close: () => closeIncident(services)({ detail }),
    hear: () => {
      deaf = false
    },
    ...{ messages, reports, rejected, incidents, leases, ledger, subject, agent, id, signal, execution },
    lifecycle: () => lifecycle,
  }
}

describe('closing what a dead execution left', () => {
  it('keeps the agent locked for longer than any function of that execution may live', () => {
    expect(lingerSeconds).toBeGreaterThan(Math.max(...handlerNames().map(functionTimeoutSeconds)))
  })

  it('tells people that it failed and what is half done, frees the slot and lets the lease run out', async () => {
    const death = await aDeath()
    expect(await death.close()).toEqual({ closing: 'closed', incidentId: death.id })
    expect(death.messages).toHaveLength(1)
    expect(death.messages[0]?.body).toContain('reboot may be done. Undo: Start the instance again.')
    expect(death.messages[0]?.body).toContain('ABORTED')
    expect(await death.incidents.read(death.id)).toMatchObject({ outcome: 'failed', untold: null })
    expect((await death.leases.read(death.subject))?.expiresAt).toBe('2026-03-01T02:01:30.000Z')
    expect(await death.ledger.holds(death.agent, `${death.id}-1`)).toBe(false)
  })

  it('tells nobody twice when the same end is delivered again', async () => {
    const death = await aDeath()
    await death.close()
    expect(await death.close()).toMatchObject({ closing: 'finished' })
    expect(death.messages).toHaveLength(1)
  })

  it('gives an agent in Standby back to its group', async () => {
    const death = await aDeath({ lifecycle: 'Standby' })
    await death.close()
    expect(death.lifecycle()).toBe('Pending')
    expect(JSON.parse(death.reports[0] ?? '{}').timeline).toContainEqual(
      expect.objectContaining({ text: expect.stringContaining('given back to group linux-builders') }),
    )
  })

  it('changes nothing under the kill switch: the agent stays in Standby, is told, and its mark stays', async () => {
    const death = await aDeath({ lifecycle: 'Standby', mode: 'off' })
    await death.close()
    expect(death.lifecycle()).toBe('Standby')
    expect(death.reports[0]).toContain('is left in Standby')
    expect((await death.incidents.standbys()).some(({ incidentId }) => incidentId === death.id)).toBe(true)
  })

  it('frees the agent though nobody can be told, and keeps the message until somebody is', async () => {
    const death = await aDeath({ deaf: true })
    await expect(death.close()).rejects.toThrow('nobody could be told')
    expect((await death.leases.read(death.subject))?.expiresAt).toBe('2026-03-01T02:01:30.000Z')
    expect((await death.incidents.listed('untold')).map(({ id }) => id)).toContain(death.id)
    death.hear()
    await death.close()
    expect(death.messages).toHaveLength(1)
    expect((await death.incidents.listed('untold')).map(({ id }) => id)).not.toContain(death.id)
  })

  it('keeps the event of an execution that opened nothing, and lets its redrive be taken', async () => {
    const death = await aDeath({ opened: false })
    await death.incidents.claimEvent(death.signal.eventId, death.execution, death.id)
    expect(await death.close()).toMatchObject({ closing: 'never-opened' })
    expect(death.rejected).toEqual(['the incident could not be opened: ABORTED: stopped by a person'])
    expect(await death.incidents.claimEvent(death.signal.eventId, 'arn:redrive', 'inc-2')).toEqual({
      status: 'claimed',
    })
  })
})
