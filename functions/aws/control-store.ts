import type { Table } from './table.ts'

export type Mode = 'act' | 'observe' | 'off'

export interface ModeSetting {
  mode: Mode
  reason: string | null
  by: string | null
  setAt: string | null
}

/** The kill switch. Nothing set means `act`. Read with strong consistency before each change. */
export interface ControlStore {
  mode(): Promise<ModeSetting>
  setMode(setting: ModeSetting): Promise<void>
}

const key = { pk: 'CONTROL', sk: 'MODE' }

/** The kill switch in the table. */
export const dynamoControlStore = (table: Table): ControlStore => ({
  async mode() {
    const item = await table.get(key)
    if (!item) return { mode: 'act', reason: null, by: null, setAt: null }
    const { mode, reason, by, setAt } = item as unknown as ModeSetting
    return { mode, reason, by, setAt }
  },
  async setMode(setting) {
    await table.put({ ...key, ...setting })
  },
})
