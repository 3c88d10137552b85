import { setImmediate as nextTurn } from 'node:timers/promises'
import type { State } from './definition.ts'
import { checkSize, StatesError } from './errors.ts'
import { type Machine, type MachineRun, runMachine } from './machine.ts'
import { retryPolicy } from './retry.ts'
import { type AttemptServices, createTaskAttempt, type TaskInput } from './task-attempt.ts'

interface HandlerServices extends AttemptServices {
  /** For JitterStrategy FULL: a number from 0 up to 1. */
  random: () => number
}

/** A run as the handlers of its states see it; a branch's run differs in its signal only. */
type ExecutionRun = Pick<MachineRun, 'context' | 'signal' | 'tell'> & { executionArn: string }

interface WaitInput {
  input: unknown
  seconds?: unknown
  timestamp?: unknown
}

/** How the states that take time run: Task, Wait and Parallel. The library runs the others by itself. */
export const createStateHandlers = (services: HandlerServices) => {
  const { clock, payloadLimitBytes, random } = services
  const attemptTask = createTaskAttempt(services)

  /** Tries the work again as the state's Retry says, and tells each attempt that failed. */
  const retried = async (
    run: ExecutionRun,
    stateName: string,
    state: State,
    work: () => Promise<unknown>,
  ): Promise<unknown> => {
    const retryAfter = retryPolicy(state.Retry ?? [], random)
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await work()
      } catch (error) {
        const delay = error instanceof StatesError && !run.signal.aborted ? retryAfter(error) : null
        if (!(error instanceof StatesError) || delay === null) throw error
        const about = { state: stateName, stateType: state.Type, error: error.name, cause: error.message }
        run.tell({ type: 'TaskFailed', ...about, attempt })
        await clock.sleep(delay, run.signal)
        if (run.signal.aborted) throw error
        run.tell({ type: 'TaskRetried', ...about, attempt: attempt + 1 })
      }
    }
  }

  const wait = async (run: ExecutionRun, { input, seconds, timestamp }: WaitInput): Promise<unknown> => {
    const until = timestamp === undefined ? Number.NaN : Date.parse(String(timestamp))
    const ms = timestamp === undefined ? Number(seconds) * 1000 : until - clock.now().getTime()
    if (Number.isNaN(ms) || (timestamp === undefined && (!Number.isInteger(seconds) || ms < 0)))
      throw new StatesError('States.Runtime', `A wait can't take ${JSON.stringify(timestamp ?? seconds ?? null)}.`)
    await clock.sleep(ms, run.signal)
    return input
  }

  /** Runs the branches side by side. The first that fails ends the others, and the state with its error. */
  const parallel = async (run: ExecutionRun, branches: Machine[], input: unknown): Promise<unknown> => {
    checkSize(input, payloadLimitBytes, 'The input of the branches')
    const failed = new AbortController()
    const branchRun = { ...run, signal: AbortSignal.any([run.signal, failed.signal]) }
    const runs = branches.map((branch) => runStates(branch, branchRun, input))
    try {
      return await Promise.all(runs)
    } catch (error) {
      failed.abort()
      await Promise.allSettled(runs)
      throw error
    }
  }

  const handle = (
    machine: Machine,
    run: ExecutionRun,
    name: string,
    state: State,
    input: unknown,
  ): Promise<unknown> => {
    if (state.Type === 'Wait') return wait(run, input as WaitInput)
    const { executionArn, signal } = run
    return retried(run, name, state, async () =>
      state.Type === 'Parallel'
        ? parallel(run, machine.branches[name] ?? [], input)
        : attemptTask({ stateName: name, state, executionArn, signal }, input as TaskInput),
    )
  }

  /** Runs a machine's states, and those of its branches, from its start to its end. */
  const runStates = (machine: Machine, run: ExecutionRun, input: unknown): Promise<unknown> => {
    const handlers = Object.fromEntries(
      Object.entries(machine.states)
        .filter(([, { Type }]) => Type === 'Task' || Type === 'Wait' || Type === 'Parallel')
        .map(([name, state]) => [
          name,
          async (effectiveInput: unknown) => {
            // The library's log is read one turn behind: the state is told, and an output too large was noticed, first.
            await clock.hold(() => nextTurn())
            return handle(machine, run, name, state, effectiveInput)
          },
        ]),
    )
    return runMachine(machine, { ...run, input, handlers })
  }

  return runStates
}
