import { describe, expect, it } from 'vitest'
import { dynamoControlStore } from '../../functions/aws/control-store.ts'
import type { Table } from '../../functions/aws/table.ts'
import { useTable } from './a-table.ts'

const { aTable } = useTable()

const holding = (item: Record<string, unknown>) => dynamoControlStore({ get: async () => item } as unknown as Table)

describe('the kill switch', () => {
  it('is off (we act) while nothing is set, and then what was set last', async () => {
    const controls = dynamoControlStore(aTable().table)
    expect(await controls.mode()).toEqual({ mode: 'act', reason: null, by: null, setAt: null })
    const setting = { mode: 'off' as const, reason: 'migration', by: 'arn:person', setAt: '2026-03-01T02:00:00.000Z' }
    await controls.setMode(setting)
    expect(await controls.mode()).toEqual(setting)
  })

  it('is obeyed when it was set by hand with the mode alone', async () => {
    expect(await holding({ mode: 'observe' }).mode()).toMatchObject({ mode: 'observe', reason: null })
  })

  it.each([[{ mode: 'OFF' }], [{}], [{ mode: 'act', reason: 7 }]])('stops us when it says %j', async (item) => {
    expect(await holding(item).mode()).toMatchObject({ mode: 'off' })
  })
})
