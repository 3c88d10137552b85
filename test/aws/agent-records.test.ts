import { describe, expect, it } from 'vitest'
import { dynamoAgentRecords } from '../../functions/aws/agent-records.ts'
import type { Closure } from '../../functions/domain/agent-record.ts'
import { aboutAgent, anAgent } from './a-platform.ts'
import { useTable } from './a-table.ts'

const { aTable, aTableThatLoses } = useTable()
let number = 0

const aRecord = () => {
  number += 1
  const { table, clock } = aTable()
  const agent = anAgent({ id: `i-0c1b2c3d4e5f6${String(number).padStart(4, '0')}`, pool: `pool-${number}` })
  return { records: dynamoAgentRecords(table, clock), agent, subject: aboutAgent(agent), clock }
}
const restart = (id: string) => ({ id, rung: 'restart', kinds: ['restart-service' as const] })
const aClosure = (of: Partial<Closure> = {}): Closure => ({
  incidentId: 'inc-1',
  cause: 'service-stopped',
  outcome: 'recovered',
  rungs: ['restart'],
  closedAt: '2026-03-01T02:00:00.000Z',
  depth: 0,
  ...of,
})

describe('the budget of an agent', () => {
  it('is spent change by change, and the same change is counted once', async () => {
    const { records, subject } = aRecord()
    for (const id of ['a', 'b', 'b', 'c'])
      expect(await records.spend(subject, restart(id), 3)).toEqual({ status: 'spent' })
    expect(await records.spend(subject, restart('d'), 3)).toMatchObject({
      status: 'refused',
      reason: expect.stringContaining('3 changes within the hour'),
    })
  })

  it('is whole again after an hour', async () => {
    const { records, subject, clock } = aRecord()
    await records.spend(subject, restart('a'), 1)
    clock.forward(3599)
    expect(await records.spend(subject, restart('b'), 1)).toMatchObject({ status: 'refused' })
    clock.forward(1)
    expect(await records.spend(subject, restart('b'), 1)).toEqual({ status: 'spent' })
  })

  it('gives its last change to one of two that want it at once', async () => {
    const { records, subject } = aRecord()
    const answers = await Promise.all(['a', 'b', 'c'].map((id) => records.spend(subject, restart(id), 1)))
    expect(answers.map(({ status }) => status).sort()).toEqual(['refused', 'refused', 'spent'])
  })

  it('counts a change whose answer was lost once', async () => {
    const table = aTableThatLoses('PutItem')
    const { subject, clock } = aRecord()
    const records = dynamoAgentRecords(table, clock)
    expect(await records.spend(subject, restart('a'), 1)).toEqual({ status: 'spent' })
    expect((await records.read(subject)).changes).toHaveLength(1)
  })

  it('goes on to the successor, so that a replacement is no fresh budget', async () => {
    const { records, agent, subject } = aRecord()
    const successor = { ...agent, id: `${agent.id}9` }
    await records.spend(subject, restart('a'), 3)
    await records.closed(subject, aClosure({ depth: 1 }))
    await records.inherit(agent, successor)
    await records.inherit(agent, successor)
    const inherited = await records.read(aboutAgent(successor))
    expect(inherited.changes.map(({ id }) => id)).toEqual(['a'])
    expect(inherited.inheritedDepth).toBe(2)
  })
})

describe('what is remembered', () => {
  it('is each end once, for a day', async () => {
    const { records, subject, clock } = aRecord()
    await records.closed(subject, aClosure())
    await records.closed(subject, aClosure())
    expect((await records.read(subject)).closures).toEqual([aClosure()])
    clock.forward(24 * 3600)
    expect((await records.read(subject)).closures).toEqual([])
  })

  it('is the replacements of a pool that failed since the last one that worked', async () => {
    const { records, agent, clock } = aRecord()
    const replaced = (incidentId: string, works: boolean) =>
      records.replaced(agent, {
        incidentId,
        agent: agent.id,
        successor: `i-${incidentId}`,
        works,
        at: clock.now().toISOString(),
      })
    await replaced('1', false)
    await replaced('2', true)
    await replaced('3', false)
    await replaced('3', false)
    await replaced('4', false)
    expect((await records.failedReplacements(agent)).map(({ incidentId }) => incidentId)).toEqual(['3', '4'])
  })
})
