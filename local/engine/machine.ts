import { ExecutionError, StateMachine } from 'aws-local-stepfunctions'
import type { Definition, State } from './definition.ts'
import { createLogReader, type Told } from './events.ts'
import { rewrite } from './rewrite.ts'

/** One machine of a workflow, ready to run: the workflow itself, or a branch of one of its Parallel states. */
export interface Machine {
  library: StateMachine
  /** The states as written, by name. */
  states: Record<string, State>
  /** The machines of a Parallel state's branches, by the state's name. */
  branches: Record<string, Machine[]>
}

/** Builds the machine and those of its branches once; each run then costs next to nothing. */
export const buildMachine = (definition: Definition): Machine => ({
  // The definition was validated as written; its rewritten copy uses resources of ours.
  library: new StateMachine(rewrite(definition) as never, { validationOptions: { noValidate: true } }),
  states: definition.States,
  branches: Object.fromEntries(
    Object.entries(definition.States).map(([name, state]) => [name, (state.Branches ?? []).map(buildMachine)]),
  ),
})

export interface MachineRun {
  input: unknown
  /** The context object, `$$`. */
  context: Record<string, unknown>
  /** Runs a state by its name; gets the state's effective input, returns its result. */
  handlers: Record<string, (input: never) => Promise<unknown>>
  /** Ends the run: no further state begins. */
  signal: AbortSignal
  tell(told: Told): void
}

/** Runs a machine to its output; rejects with the error that ended it. Every event was told when this settles. */
export const runMachine = async (machine: Machine, run: MachineRun): Promise<unknown> => {
  const { library, states } = machine
  const { eventLogs, result, abort } = library.run(run.input as never, {
    overrides: { taskResourceLocalHandlers: run.handlers as never },
    context: run.context,
  })
  run.signal.addEventListener('abort', abort)
  if (run.signal.aborted) abort()
  const read = createLogReader((name) => states[name]?.Type)
  const tellAll = async () => {
    try {
      for await (const log of eventLogs) {
        const told = read(log)
        if (told) run.tell(told)
      }
    } catch (error) {
      abort()
      throw error
    }
  }
  const [output, told] = await Promise.allSettled([result, tellAll()])
  run.signal.removeEventListener('abort', abort)
  if (told.status === 'rejected') throw told.reason
  if (output.status === 'fulfilled') return output.value
  throw output.reason instanceof ExecutionError ? output.reason.cause : output.reason
}
