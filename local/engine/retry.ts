import type { Retrier } from './definition.ts'
import type { StatesError } from './errors.ts'

const matches = (retrier: Retrier, error: StatesError): boolean =>
  retrier.ErrorEquals.some(
    (name) =>
      name === error.name || name === 'States.ALL' || (name === 'States.TaskFailed' && error.name !== 'States.Timeout'),
  )

/** Decides, failure by failure, whether a state is tried again. Each retrier counts its own attempts, as the language says. */
export const retryPolicy = (retriers: readonly Retrier[], random: () => number) => {
  const used = retriers.map(() => 0)
  /** Milliseconds to wait before the next attempt; null when the error stands. */
  return (error: StatesError): number | null => {
    if (!error.isRetryable) return null
    const index = retriers.findIndex((retrier) => matches(retrier, error))
    const retrier = retriers[index]
    const attempts = used[index]
    if (!retrier || attempts === undefined || attempts >= (retrier.MaxAttempts ?? 3)) return null
    used[index] = attempts + 1
    const seconds = (retrier.IntervalSeconds ?? 1) * (retrier.BackoffRate ?? 2) ** attempts
    const capped = Math.min(seconds, retrier.MaxDelaySeconds ?? Number.POSITIVE_INFINITY)
    return capped * 1000 * (retrier.JitterStrategy === 'FULL' ? random() : 1)
  }
}
