/** The time that a step may know. Passed in, so that the replay and the tests own it. */
export interface Clock {
  now(): Date
}

/** A source of identifiers: each call returns a new one. Passed in for the same reason as the clock. */
export type NewId = () => string

/** Seconds from `from` to `to`, rounded to whole seconds; negative when `to` is earlier. */
export const secondsBetween = (from: Date | string, to: Date | string): number =>
  Math.round((new Date(to).getTime() - new Date(from).getTime()) / 1000)

export const addSeconds = (at: Date | string, seconds: number): Date =>
  new Date(new Date(at).getTime() + seconds * 1000)
