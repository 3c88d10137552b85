import type { Phase } from '../domain/incident.ts'
import type { Clock } from '../domain/time.ts'
import type { Mark } from '../domain/timing.ts'

/**
 * Marks the time of a step in the state: what was under way when it began (`before`: waiting for a person, collecting
 * evidence) ended with its start, and its own phase (`during`) with its end.
 */
export const marked =
  <Services, In extends { marks: Mark[] }, Out extends { marks: Mark[] }>(
    phases: { before?: Phase; during: Phase },
    step: (services: Services) => (state: In) => Promise<Out>,
  ) =>
  (services: Services & { clock: Clock }) => {
    const run = step(services)
    return async (state: In): Promise<Out> => {
      const began = phases.before ? [{ phase: phases.before, until: services.clock.now().toISOString() }] : []
      const after = await run({ ...state, marks: [...state.marks, ...began] })
      return { ...after, marks: [...after.marks, { phase: phases.during, until: services.clock.now().toISOString() }] }
    }
  }
