/** The spans of time in which something was so: what heartbeats and pings are read off afterwards. */
export interface Periods {
  set(on: boolean, at: Date): void
  was(at: Date): boolean
  /** The latest instant up to `at` at which it was so; undefined when it never was. */
  latest(at: Date): Date | undefined
}

export const createPeriods = (): Periods => {
  const spans: { from: number; to: number }[] = []
  const open = () => {
    const last = spans.at(-1)
    return last?.to === Number.POSITIVE_INFINITY ? last : undefined
  }
  return {
    set(on, at) {
      const current = open()
      if (on && !current) spans.push({ from: at.getTime(), to: Number.POSITIVE_INFINITY })
      if (!on && current) current.to = at.getTime()
    },
    was: (at) => spans.some(({ from, to }) => from <= at.getTime() && at.getTime() < to),
    latest(at) {
      const span = spans.findLast(({ from }) => from <= at.getTime())
      return span && new Date(Math.min(at.getTime(), span.to - 1))
    },
  }
}
