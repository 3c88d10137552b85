import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Clock } from '../../functions/domain/time.ts'

interface Sleeper {
  due: number
  order: number
  wake(): void
}

/**
 * Time that jumps. Sleepers wake in the order of their due instants, one by one; between two of them the event loop
 * settles. Global timers are never faked, since sockets and dynalite need them: what is real work says so by `hold`.
 */
export interface VirtualClock extends Clock {
  /** Resolves once the clock has come that far; at once, without waiting, when the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
  /** The clock stands while real work is under way: a socket's answer, a module's import, a person at the terminal. */
  hold<T>(work: () => Promise<T>): Promise<T>
  /** Runs `event` when the clock has come to `at`. */
  schedule(at: Date, event: () => void | Promise<void>): void
  /** Resolves when nothing sleeps and nothing holds: whatever still waits then waits for ever. */
  whenIdle(): Promise<void>
  /** Forgets every sleeper, so that the process can end. */
  stop(): void
}

/** Turns of the event loop that must pass without anybody sleeping, holding or letting go before time may jump. */
const quietTurns = 2

export const createVirtualClock = (options: { start: Date; realTime?: boolean }): VirtualClock => {
  let now = options.start.getTime()
  let sleepers: Sleeper[] = []
  let order = 0
  let holds = 0
  let activity = 0
  let pumping = false
  let idleWaiters: (() => void)[] = []
  const realStart = Date.now()

  const settle = async (): Promise<void> => {
    let seen = -1
    while (seen !== activity) {
      seen = activity
      for (let turn = 0; turn < quietTurns; turn += 1) await nextTurn()
    }
  }

  /** Wakes sleepers until real work holds the clock or nobody sleeps. */
  const pump = async (): Promise<void> => {
    if (pumping) return
    pumping = true
    for (;;) {
      await settle()
      if (holds > 0) break
      const next = sleepers.shift()
      if (!next) {
        const waiting = idleWaiters
        idleWaiters = []
        for (const resolve of waiting) resolve()
        break
      }
      now = Math.max(now, next.due)
      activity += 1
      next.wake()
    }
    pumping = false
    // Something may have begun to sleep between the last look and here.
    if (holds === 0 && sleepers.length > 0) void pump()
  }

  const sleepVirtually = (ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      activity += 1
      order += 1
      const sleeper: Sleeper = { due: now + Math.max(0, ms), order, wake: resolve }
      const at = sleepers.findIndex((other) => other.due > sleeper.due)
      sleepers.splice(at === -1 ? sleepers.length : at, 0, sleeper)
      signal?.addEventListener(
        'abort',
        () => {
          sleepers = sleepers.filter((other) => other !== sleeper)
          activity += 1
          resolve()
        },
        { once: true },
      )
      void pump()
    })

  const sleepReally = (ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, ms)
      signal?.addEventListener('abort', () => {
        clearTimeout(timer)
        resolve()
      })
    })

  const sleep = (ms: number, signal?: AbortSignal): Promise<void> => {
    if (signal?.aborted) return Promise.resolve()
    return options.realTime ? sleepReally(ms, signal) : sleepVirtually(ms, signal)
  }
  const currentMs = () => (options.realTime ? options.start.getTime() + (Date.now() - realStart) : now)

  return {
    now: () => new Date(currentMs()),
    sleep,
    async hold(work) {
      holds += 1
      activity += 1
      try {
        return await work()
      } finally {
        holds -= 1
        activity += 1
        if (holds === 0) void pump()
      }
    },
    schedule(at, event) {
      void sleep(at.getTime() - currentMs()).then(event)
    },
    whenIdle() {
      return new Promise((resolve) => {
        idleWaiters.push(resolve)
        void pump()
      })
    },
    stop() {
      sleepers = []
      idleWaiters = []
    },
  }
}
