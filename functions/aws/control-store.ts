import * as z from 'zod/mini'
import type { Table } from './table.ts'

const modeSetting = z.object({
  mode: z.enum(['act', 'observe', 'off']),
  reason: z.nullable(z.string()),
  by: z.nullable(z.string()),
  setAt: z.nullable(z.string()),
})
export type ModeSetting = z.infer<typeof modeSetting>

/** The kill switch. Nothing set means `act`. Read with strong consistency before each change. */
export interface ControlStore {
  mode(): Promise<ModeSetting>
  setMode(setting: ModeSetting): Promise<void>
}

const key = { pk: 'CONTROL', sk: 'MODE' }

/** The kill switch in the table. An item that can't be understood was written by hand to stop us, and stops us. */
export const dynamoControlStore = (table: Table): ControlStore => ({
  async mode() {
    const item = await table.get(key)
    if (!item) return { mode: 'act', reason: null, by: null, setAt: null }
    const read = z.safeParse(modeSetting, { reason: null, by: null, setAt: null, ...item })
    if (read.success) return read.data
    return { mode: 'off', reason: 'the mode in the table is none of act, observe and off', by: null, setAt: null }
  },
  async setMode(setting) {
    await table.put({ ...key, ...setting })
  },
})
