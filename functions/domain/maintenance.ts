import type { Pool } from './fleet.ts'

type Window = Pool['maintenanceWindows'][number]

const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']
const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5))

/** Weekday (0 is Sunday) and minute of the day, as a clock on the wall there shows them. */
const wallClock = (at: Date, timeZone: string): { day: number; minute: number } => {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(at)
  const part = (type: string) => parts.find((each) => each.type === type)?.value ?? ''
  return {
    day: days.indexOf(part('weekday').toLowerCase()),
    minute: Number(part('hour')) * 60 + Number(part('minute')),
  }
}

/** A window that ends before it begins goes on past midnight, and belongs to the day on which it began. */
const covers = ({ days: on, from, to, timeZone }: Window, at: Date): boolean => {
  const { day, minute } = wallClock(at, timeZone)
  const [begins, ends] = [minutesOf(from), minutesOf(to)]
  const isOn = (which: number) => (on as string[]).includes(days[(which + 7) % 7] ?? '')
  if (begins < ends) return isOn(day) && minute >= begins && minute < ends
  return (isOn(day) && minute >= begins) || (isOn(day - 1) && minute < ends)
}

const minuteMs = 60_000
/** Two windows that meet are one for whoever waits; nobody's maintenance lasts longer than this. */
const longestMinutes = 8 * 24 * 60

/**
 * The maintenance window that is open now, and when the last of those that follow each other ends. By the clock on the wall:
 * where the clocks are put forward or back in it, the window is shorter or longer by that hour.
 */
export const windowAt = (windows: readonly Window[], now: Date): { name: string; endsAt: string } | null => {
  const open = windows.find((window) => covers(window, now))
  if (!open) return null
  const from = Math.floor(now.getTime() / minuteMs) * minuteMs
  let minutes = 1
  while (minutes < longestMinutes && windows.some((window) => covers(window, new Date(from + minutes * minuteMs))))
    minutes += 1
  return { name: open.name, endsAt: new Date(from + minutes * minuteMs).toISOString() }
}

/** True for a time zone that this runtime knows by its IANA name. */
export const isTimeZone = (timeZone: string): boolean => {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone })
    return true
  } catch {
    return false
  }
}
