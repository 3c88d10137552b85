import { describe, expect, it } from 'vitest'
import { dynamoControlStore } from '../../functions/aws/control-store.ts'
import type { Table } from '../../functions/aws/table.ts'
import { aClock } from './a-platform.ts'
import { useTable } from './a-table.ts'

const { aTable } = useTable()

const holding = (item: Record<string, unknown>) =>
  dynamoControlStore({ get: async () => item } as unknown as Table, aClock())

describe('the kill switch', () => {
  it('is off (we act) while nothing is set, and then what was set last', async () => {
    const controls = dynamoControlStore(aTable().table, aClock())
    expect(await controls.mode()).toEqual({ mode: 'act', reason: null, by: null, setAt: null, expiresAt: null })
    const setting = {
      mode: 'off' as const,
      reason: 'migration',
      by: 'arn:person',
      setAt: '2026-03-01T02:00:00.000Z',
      expiresAt: null,
    }
    await controls.setMode(setting)
    expect(await controls.mode()).toEqual(setting)
  })

  it('ends by itself where it was set for a time, and says so', async () => {
    const { table, clock } = aTable()
    const controls = dynamoControlStore(table, clock)
    await controls.setMode({
      mode: 'off',
      reason: 'night',
      by: null,
      setAt: null,
      expiresAt: '2026-03-01T04:00:00.000Z',
    })
    expect((await controls.mode()).mode).toBe('off')
    clock.forward(7200)
    expect(await controls.mode()).toMatchObject({ mode: 'act', reason: 'mode off ended at 2026-03-01T04:00:00.000Z' })
  })

  it('is obeyed when it was set by hand with the mode alone', async () => {
    expect(await holding({ mode: 'observe' }).mode()).toMatchObject({ mode: 'observe', reason: null })
  })

  it.each([[{ mode: 'OFF' }], [{}], [{ mode: 'act', reason: 7 }]])('stops us when it says %j', async (item) => {
    expect(await holding(item).mode()).toMatchObject({ mode: 'off' })
  })
})
