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
