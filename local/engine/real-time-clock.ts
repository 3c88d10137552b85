import { untilIdle } from './clock-idle.ts'
import { createSettling } from './settling.ts'
import type { VirtualClock } from './virtual-clock.ts'

/** setTimeout overflows beyond this many milliseconds, so a longer sleep is taken in parts. */
const longestTimer = 2 ** 31 - 1

/** The clock of `--real-time`: it begins at `start` and goes on as the machine's does. Holding or pausing can't stop it. */
export const createRealTimeClock = (start: Date): VirtualClock => {
  const offset = start.getTime() - Date.now()
  const timers = new Map<symbol, NodeJS.Timeout>()
  let holds = 0
  let idleWaiters: (() => void)[] = []
  const { note, settled } = createSettling()
  const now = () => Date.now() + offset

  const tellIdle = async (): Promise<void> => {
    if (timers.size > 0 || holds > 0 || idleWaiters.length === 0) return
    await settled()
    if (timers.size === 0 && holds === 0) for (const resolve of idleWaiters.splice(0)) resolve()
  }

  const sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve()
      const id = Symbol('sleep')
      const due = now() + Math.max(0, ms)
      const rise = () => {
        clearTimeout(timers.get(id))
        timers.delete(id)
        signal?.removeEventListener('abort', rise)
        note()
        resolve()
        void tellIdle()
      }
      const wait = () => {
        const left = due - now()
        if (left <= 0) rise()
        else timers.set(id, setTimeout(wait, Math.min(left, longestTimer)))
      }
      note()
      timers.set(id, setTimeout(wait, Math.min(Math.max(0, ms), longestTimer)))
      signal?.addEventListener('abort', rise)
    })

  const clock: VirtualClock = {
    now: () => new Date(now()),
    sleep,
    async hold(work) {
      holds += 1
      try {
        return await work()
      } finally {
        holds -= 1
        note()
        void tellIdle()
      }
    },
    schedule(at, event) {
      void sleep(Number(at) - now()).then(event)
    },
    whenIdle() {
      return new Promise((resolve) => {
        idleWaiters.push(resolve)
        void tellIdle()
      })
    },
    until: (work) => untilIdle(clock, work),
    pause() {},
    resume() {},
    stop() {
      for (const timer of timers.values()) clearTimeout(timer)
      timers.clear()
      idleWaiters = []
    },
  }
  return clock
}
