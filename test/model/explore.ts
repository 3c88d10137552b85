/** A step that a state allows: what it is called in a trace, and the state after it. */
export interface Step<S> {
  label: string
  to: S
}

export interface Model<S> {
  initial: S
  steps(state: S): Step<S>[]
  /** What is wrong with a state; null when nothing is. */
  wrong(state: S): string | null
}

export interface Exploration {
  states: number
  /** The shortest way to a state with something wrong; null when there is none within the bounds. */
  violation: { what: string; trace: string[] } | null
}

/** Visits every state that can be reached, breadth first, so that the first violation has the shortest trace. */
export const explore = <S>({ initial, steps, wrong }: Model<S>, limit = 2_000_000): Exploration => {
  const keyOf = (state: S): string => JSON.stringify(state)
  const cameFrom = new Map<string, { from: string; label: string } | null>([[keyOf(initial), null]])
  let frontier: S[] = [initial]
  const traceTo = (key: string): string[] => {
    const step = cameFrom.get(key)
    return step ? [...traceTo(step.from), step.label] : []
  }
  while (frontier.length > 0) {
    const next: S[] = []
    for (const state of frontier) {
      const key = keyOf(state)
      const what = wrong(state)
      if (what) return { states: cameFrom.size, violation: { what, trace: traceTo(key) } }
      for (const { label, to } of steps(state)) {
        const reached = keyOf(to)
        if (cameFrom.has(reached)) continue
        cameFrom.set(reached, { from: key, label })
        if (cameFrom.size > limit) throw new Error(`more than ${limit} states: narrow the bounds`)
        next.push(to)
      }
    }
    frontier = next
  }
  return { states: cameFrom.size, violation: null }
}
