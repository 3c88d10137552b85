import type { Clock } from '../../functions/domain/time.ts'

/** Things that happen in the world by themselves. They run, in their order, before anybody looks at the world again. */
export interface Timeline {
  now(): Date
  at(when: Date, event: () => void): void
  after(seconds: number, event: () => void): void
  /** Lets everything happen that is due by now. */
  catchUp(): void
}

export const createTimeline = (clock: Clock): Timeline => {
  let due: { at: number; order: number; event: () => void }[] = []
  let order = 0
  // While events run, `now` is the instant of the event and not of the look.
  let instant: number | undefined
  const now = () => new Date(instant ?? clock.now().getTime())
  const at = (when: Date, event: () => void) => {
    order += 1
    due.push({ at: when.getTime(), order, event })
    due.sort((a, b) => a.at - b.at || a.order - b.order)
  }
  return {
    now,
    at,
    after: (seconds, event) => at(new Date(now().getTime() + seconds * 1000), event),
    catchUp() {
      if (instant !== undefined) return
      const until = clock.now().getTime()
      for (let next = due[0]; next && next.at <= until; next = due[0]) {
        due = due.slice(1)
        instant = next.at
        next.event()
      }
      instant = undefined
    },
  }
}
