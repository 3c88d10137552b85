import type { VirtualClock } from './virtual-clock.ts'

/** The replay waits for something that nobody will bring: no sleeper and no real work is left. */
class ClockIdle extends Error {
  constructor(at: Date) {
    super(
      `Nothing sleeps and nothing holds the clock at ${at.toISOString()}, yet work is unfinished: it waits for ever.`,
    )
    this.name = 'ClockIdle'
  }
}

/** `work`, or a ClockIdle as soon as the clock is idle. */
export const untilIdle = <T>(clock: Pick<VirtualClock, 'now' | 'whenIdle'>, work: Promise<T>): Promise<T> =>
  Promise.race([
    work,
    clock.whenIdle().then(() => {
      throw new ClockIdle(clock.now())
    }),
  ])
