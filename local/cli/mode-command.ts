import { parseArgs } from 'node:util'
import type { ControlStore, ModeSetting } from '../../functions/aws/control-store.ts'
import { addSeconds, type Clock } from '../../functions/domain/time.ts'
import { UsageError } from '../replay/scenario.ts'

export const modeUsage = `npm run mode -- act|observe|off --reason "…" [--for 2h]
npm run mode                      shows the mode
  --for 30m | 2h | 7d   the medic acts again by itself after that`

export interface ModeArguments {
  mode: ModeSetting['mode'] | null
  reason: string | null
  forSeconds: number | null
}

const units = { m: 60, h: 3600, d: 86_400 } as const

/** `30m`, `2h`, `7d` in seconds. Throws UsageError for anything else. */
const secondsOf = (text: string): number => {
  const [, count, unit] = /^([1-9]\d{0,3})([mhd])$/.exec(text) ?? []
  if (!count || !unit)
    throw new UsageError(`--for "${text}" is no length of time; give minutes, hours or days, such as 30m, 2h or 7d`)
  return Number(count) * units[unit as keyof typeof units]
}

/** Reads the arguments. Throws UsageError with the remedy. */
export const readModeArguments = (argv: readonly string[]): ModeArguments => {
  let parsed: { values: { reason?: string; for?: string }; positionals: string[] }
  try {
    parsed = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: { reason: { type: 'string' }, for: { type: 'string' } },
    })
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n\n${modeUsage}`, { cause: error })
  }
  const { values, positionals } = parsed
  const [mode, ...rest] = positionals
  if (mode === undefined) return { mode: null, reason: null, forSeconds: null }
  if ((mode !== 'act' && mode !== 'observe' && mode !== 'off') || rest.length > 0) throw new UsageError(modeUsage)
  if (!values.reason) throw new UsageError('give a --reason: every incident that is left alone tells it')
  if (mode === 'act' && values.for) throw new UsageError('--for ends a stop; acting needs no end')
  return { mode, reason: values.reason, forSeconds: values.for ? secondsOf(values.for) : null }
}

const told = ({ mode, reason, by, setAt, expiresAt }: ModeSetting): string =>
  [
    `mode ${mode}`,
    ...(reason ? [`because ${reason}`] : []),
    ...(by ? [`set by ${by}`] : []),
    ...(setAt ? [`at ${setAt}`] : []),
    ...(expiresAt ? [`until ${expiresAt}`] : []),
  ].join(', ')

/** Shows the mode, or sets it in the name of the caller. */
export const runMode = async (
  { mode, reason, forSeconds }: ModeArguments,
  controls: ControlStore,
  whoAmI: () => Promise<string>,
  clock: Clock,
  write: (text: string) => void,
): Promise<void> => {
  if (mode !== null) {
    const now = clock.now()
    const expiresAt = forSeconds === null ? null : addSeconds(now, forSeconds).toISOString()
    await controls.setMode({ mode, reason, by: await whoAmI(), setAt: now.toISOString(), expiresAt })
  }
  write(told(await controls.mode()))
}
