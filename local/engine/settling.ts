import { setImmediate as nextTurn } from 'node:timers/promises'

/**
 * Turns of the event loop that must pass in quiet before the loop counts as settled. Promise chains of handlers, SDK
 * middleware and streams hop over a few turns without telling the clock; a thousand quiet turns cost three milliseconds.
 */
const quietTurns = 8

/** Tells when the event loop has nothing left to do by itself: no sleep, hold or wake was noted for several turns. */
export const createSettling = () => {
  let activity = 0
  return {
    /** Something happened that may have more behind it. */
    note(): void {
      activity += 1
    },
    async settled(): Promise<void> {
      let seen = -1
      while (seen !== activity) {
        seen = activity
        for (let turn = 0; turn < quietTurns; turn += 1) await nextTurn()
      }
    },
  }
}
