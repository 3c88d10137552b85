import type { Clock } from '../../functions/domain/time.ts'
import { untilIdle } from './clock-idle.ts'
import { createRealTimeClock } from './real-time-clock.ts'
import { createSettling } from './settling.ts'

/**
 * Time that jumps. Sleepers wake in the order of their due instants, those of one instant in the order in which they
 * went to sleep; between two of them the event loop settles. Global timers are never faked, since sockets and dynalite
 * need them: real work says so by `hold`, or the clock runs away from it.
 */
export interface VirtualClock extends Clock {
  /** Resolves once the clock has come that far, or early when the signal aborts: who passes a signal asks it after. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
  /** The clock stands while real work is under way: a socket's answer, a module's import, a person at the terminal. */
  hold<T>(work: () => Promise<T>): Promise<T>
  /** Runs `event` when the clock has come to `at` (a number is epoch milliseconds). An event that fails ends the process. */
  schedule(at: Date | number, event: () => void | Promise<void>): void
  /** Resolves when nothing sleeps and nothing holds: whatever still waits then waits for ever. */
  whenIdle(): Promise<void>
  /** The work's result; rejects with a ClockIdle when the work waits for what can't come any more. */
  until<T>(work: Promise<T>): Promise<T>
  /** The clock stands until `resume`, whatever is due. */
  pause(): void
  resume(): void
  /** Forgets every sleeper, so that the process can end. Their promises stay open. */
  stop(): void
}

interface Sleeper {
  due: number
  wake(): void
}

/** A clock that starts at `start`. With `realTime`, sleeps take real time and the clock can't stand. */
export const createVirtualClock = (options: { start: Date; realTime?: boolean }): VirtualClock => {
  if (options.realTime) return createRealTimeClock(options.start)
  let now = options.start.getTime()
  let sleepers: Sleeper[] = []
  let idleWaiters: (() => void)[] = []
  let holds = 0
  let paused = false
  let advancing = false
  const { note, settled } = createSettling()

  /** Wakes sleepers until real work holds the clock or nobody sleeps. */
  const advance = async (): Promise<void> => {
    if (advancing) return
    advancing = true
    for (;;) {
      await settled()
      if (holds > 0 || paused) break
      const next = sleepers.shift()
      if (!next) {
        for (const resolve of idleWaiters.splice(0)) resolve()
        break
      }
      now = Math.max(now, next.due)
      note()
      next.wake()
    }
    advancing = false
  }

  const fallAsleep = (ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      const rise = () => {
        sleepers = sleepers.filter((other) => other !== sleeper)
        signal?.removeEventListener('abort', rise)
        note()
        resolve()
      }
      const sleeper: Sleeper = { due: now + Math.max(0, ms), wake: rise }
      const later = sleepers.findIndex((other) => other.due > sleeper.due)
      sleepers.splice(later === -1 ? sleepers.length : later, 0, sleeper)
      signal?.addEventListener('abort', rise)
      note()
      void advance()
    })

  const clock: VirtualClock = {
    now: () => new Date(now),
    sleep: (ms, signal) => (signal?.aborted ? Promise.resolve() : fallAsleep(ms, signal)),
    async hold(work) {
      holds += 1
      note()
      try {
        return await work()
      } finally {
        holds -= 1
        note()
        void advance()
      }
    },
    schedule(at, event) {
      void fallAsleep(Number(at) - now).then(event)
    },
    whenIdle() {
      return new Promise((resolve) => {
        idleWaiters.push(resolve)
        void advance()
      })
    },
    until: (work) => untilIdle(clock, work),
    pause() {
      paused = true
    },
    resume() {
      paused = false
      void advance()
    },
    stop() {
      sleepers = []
      idleWaiters = []
    },
  }
  return clock
}
