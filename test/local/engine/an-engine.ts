import type { Definition, State } from '../../../local/engine/definition.ts'
import { createEngine, type EngineOptions } from '../../../local/engine/engine.ts'
import type { EngineEvent } from '../../../local/engine/events.ts'
import type { Invoke } from '../../../local/engine/task-attempt.ts'
import { createVirtualClock } from '../../../local/engine/virtual-clock.ts'

export const start = new Date('2026-03-01T02:00:00.000Z')

/** A Task that calls the function `name` with its whole input. */
export const aTask = (name: string, rest: Partial<State> = {}): State => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Parameters: { FunctionName: name, 'Payload.$': '$' },
  OutputPath: '$.Payload',
  TimeoutSeconds: 60,
  ...(rest.Next ? {} : { End: true }),
  ...rest,
})

/** A Task that hands its token to the function `ask` and waits for the answer. */
export const aTokenTask = (rest: Partial<State> = {}): State => {
  const { OutputPath: _none, ...task } = aTask('ask', rest)
  return {
    ...task,
    Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
    Parameters: rest.Parameters ?? { FunctionName: 'ask', Payload: { 'input.$': '$', 'token.$': '$$.Task.Token' } },
    ResultPath: '$.answer',
  }
}

export const aWait = (seconds: number, rest: Partial<State> = {}): State => ({
  Type: 'Wait',
  Seconds: seconds,
  ...(rest.Next ? {} : { End: true }),
  ...rest,
})

/** A workflow of these states; the first is the start. */
export const aDefinition = (States: Record<string, State>, rest: Partial<Definition> = {}): Definition => ({
  StartAt: Object.keys(States)[0] ?? '',
  States,
  ...rest,
})

/** Catches everything, keeps the input and goes on to the state `Caught`. */
export const caught: Partial<State> = {
  Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.failure', Next: 'Caught' }],
}

/** A function that fails by these errors, one call after the other, and then returns its payload. */
export const failing = (...errors: Error[]): Invoke => {
  let calls = 0
  return async ({ payload }) => {
    const error = errors[calls]
    calls += 1
    if (error) throw error
    return payload
  }
}

/** A function that never settles. */
export const never: Invoke = () => new Promise(() => {})

export const named = (name: string, message = 'it broke'): Error => Object.assign(new Error(message), { name })

/** An engine over these states with what it told, each with the virtual seconds since the start. */
export const anEngine = (states: Record<string, State> | Definition, options: Partial<EngineOptions> = {}) => {
  const definition = 'StartAt' in states ? (states as Definition) : aDefinition(states as Record<string, State>)
  const clock = options.clock ?? createVirtualClock({ start })
  const engine = createEngine({
    definition,
    name: 'remediate',
    region: 'eu-central-1',
    account: '111122223333',
    clock,
    invoke: async ({ payload }) => payload,
    ...options,
  })
  const events: EngineEvent[] = []
  engine.onEvent((event) => events.push(event))
  const seconds = (at: Date = clock.now()) => (at.getTime() - start.getTime()) / 1000
  return {
    engine,
    clock,
    events,
    seconds,
    /** `seconds type state` of each event. */
    told: () =>
      events.map(({ at, type, state }) => [seconds(at), type, state].filter((part) => part !== undefined).join(' ')),
    /** Runs one execution to its end. */
    run: (input: unknown = {}, name = 'run-1') => clock.until(engine.startExecution({ name, input }).finished),
  }
}
