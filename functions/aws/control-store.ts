import * as z from 'zod/mini'
import type { Clock } from '../domain/time.ts'
import type { Table } from './table.ts'

const modeSetting = z.object({
  mode: z.enum(['act', 'observe', 'off']),
  reason: z.nullable(z.string()),
  by: z.nullable(z.string()),
  setAt: z.nullable(z.string()),
  /** When the mode ends by itself and the medic acts again; null while it stays until somebody sets another. */
  expiresAt: z._default(z.nullable(z.string()), null),
})
export type ModeSetting = z.infer<typeof modeSetting>

/** The kill switch. Nothing set means `act`. Read with strong consistency before each change. */
export interface ControlStore {
  mode(): Promise<ModeSetting>
  setMode(setting: ModeSetting): Promise<void>
}

const acting = (reason: string | null): ModeSetting => ({ mode: 'act', reason, by: null, setAt: null, expiresAt: null })

const key = { pk: 'CONTROL', sk: 'MODE' }

/** The kill switch in the table. An item that can't be understood was written by hand to stop us, and stops us. */
export const dynamoControlStore = (table: Table, clock: Clock): ControlStore => ({
  async mode() {
    const item = await table.get(key)
    if (!item) return acting(null)
    const read = z.safeParse(modeSetting, { reason: null, by: null, setAt: null, ...item })
    if (read.success) {
      const { mode, expiresAt } = read.data
      const over = expiresAt !== null && expiresAt <= clock.now().toISOString()
      return over ? acting(`mode ${mode} ended at ${expiresAt}`) : read.data
    }
    const reason = 'the mode in the table is none of act, observe and off'
    return { mode: 'off', reason, by: null, setAt: null, expiresAt: null }
  },
  async setMode(setting) {
    await table.put({ ...key, ...setting })
  },
})
