import { describe, expect, it } from 'vitest'
import { dynamoPoolLedger } from '../../functions/aws/pool-ledger.ts'
import { anAgent } from './a-platform.ts'
import { useTable } from './a-table.ts'

const { aTable, aTableThatLoses } = useTable()
const limits = { maxConcurrent: 2, maxPerHour: 3 }

const aLedger = () => {
  const { table, clock } = aTable()
  return { ledger: dynamoPoolLedger(table, clock), clock }
}
const of = (pool: string) => anAgent({ pool })

describe('the ledger of a pool', () => {
  it('is empty before the first change', async () => {
    expect(await aLedger().ledger.read(of('empty'))).toEqual({ running: 0, lastHour: 0 })
  })

  it('reserves up to the limit at once, and names it beyond', async () => {
    const { ledger } = aLedger()
    const pool = of('at-once')
    await ledger.reserve(pool, 'a', limits, 600)
    await ledger.reserve(pool, 'b', limits, 600)
    expect(await ledger.reserve(pool, 'c', limits, 600)).toEqual({
      status: 'refused',
      reason: '2 changes of pool at-once run already, and its limit is 2 at once',
    })
  })

  it('gives the last slot to one of those that ask at once', async () => {
    const { ledger } = aLedger()
    const pool = of('race')
    await ledger.reserve(pool, 'a', limits, 600)
    const answers = await Promise.all(['b', 'c', 'd'].map((id) => ledger.reserve(pool, id, limits, 600)))
    expect(answers.map(({ status }) => status).sort()).toEqual(['refused', 'refused', 'reserved'])
    expect(await ledger.read(pool)).toEqual({ running: 2, lastHour: 2 })
  })

  it('reserves once for the same change', async () => {
    const { ledger } = aLedger()
    const pool = of('twice')
    await ledger.reserve(pool, 'a', limits, 600)
    expect(await ledger.reserve(pool, 'a', limits, 600)).toEqual({ status: 'reserved' })
    expect(await ledger.read(pool)).toEqual({ running: 1, lastHour: 1 })
  })

  it('reserves once when the answer was lost', async () => {
    const { clock, ledger } = aLedger()
    const pool = of('lost')
    expect(await dynamoPoolLedger(aTableThatLoses('PutItem'), clock).reserve(pool, 'a', limits, 600)).toEqual({
      status: 'reserved',
    })
    expect(await ledger.read(pool)).toEqual({ running: 1, lastHour: 1 })
  })

  it('frees a slot, and freeing it again changes nothing', async () => {
    const { ledger } = aLedger()
    const pool = of('freed')
    await ledger.reserve(pool, 'a', limits, 600)
    expect(await ledger.holds(pool, 'a')).toBe(true)
    await ledger.free(pool, 'a')
    await ledger.free(pool, 'a')
    expect(await ledger.holds(pool, 'a')).toBe(false)
    expect(await ledger.read(pool)).toEqual({ running: 0, lastHour: 1 })
  })

  it('frees the slot of a change that nobody ended, once its term is over', async () => {
    const { ledger, clock } = aLedger()
    const pool = of('expired')
    await ledger.reserve(pool, 'a', limits, 600)
    clock.forward(600)
    expect(await ledger.read(pool)).toMatchObject({ running: 0 })
    expect(await ledger.holds(pool, 'a')).toBe(false)
  })

  it('counts the changes of the last hour, also those that are over', async () => {
    const { ledger, clock } = aLedger()
    const pool = of('hourly')
    for (const id of ['a', 'b', 'c']) {
      await ledger.reserve(pool, id, limits, 600)
      await ledger.free(pool, id)
    }
    expect(await ledger.reserve(pool, 'd', limits, 600)).toEqual({
      status: 'refused',
      reason: 'pool hourly has had 3 changes within the hour, and its limit is 3',
    })
    clock.forward(3600)
    expect(await ledger.reserve(pool, 'd', limits, 600)).toEqual({ status: 'reserved' })
  })
})
