import type { Definition } from './definition.ts'
import { apiError } from './errors.ts'
import type { EngineEvent } from './events.ts'
import { type Execution, type RunningExecution, startExecution } from './execution.ts'
import { buildMachine } from './machine.ts'
import { refuseWhatCannotRun } from './preflight.ts'
import { createStateHandlers } from './state-handlers.ts'
import type { Invoke } from './task-attempt.ts'
import { createTaskTokens } from './task-tokens.ts'
import type { VirtualClock } from './virtual-clock.ts'

export interface EngineOptions {
  definition: Definition
  /** The state machine's name, as in its ARN. */
  name: string
  clock: VirtualClock
  invoke: Invoke
  region: string
  account: string
  /** Decides the jitter of retries; a number from 0 up to 1. Half the delay unless given, so that replays are the same. */
  random?: () => number
  /** Step Functions' quota of a state's input, output and result. */
  payloadLimitBytes?: number
  /** Function names by placeholder (`OpenIncidentFunctionArn`), where the placeholder's own name does not say it. */
  substitutions?: Record<string, string>
}

/** Step Functions, "StartExecution": what a name must not contain. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are among what a name must not contain.
const invalidName = /^$|.{81}|[\s<>{}[\]?*"#%\\^|~`$&,;:/\u0000-\u001f\u007f-\u009f]/u

/**
 * Step Functions for one Standard workflow on a virtual clock. Throws an UnreplayableDefinition with every construct that
 * would run otherwise than on AWS. Its API errors carry the service's names (ExecutionAlreadyExists, InvalidToken, …).
 * As on AWS a name serves once; that it could serve again after 90 days is left out.
 */
export const createEngine = (options: EngineOptions) => {
  const { definition, name, clock, region, account, payloadLimitBytes = 262_144 } = options
  refuseWhatCannotRun(definition)
  const stateMachineArn = `arn:aws:states:${region}:${account}:stateMachine:${name}`
  const tokens = createTaskTokens(payloadLimitBytes)
  const executions = new Map<string, RunningExecution>()
  const listeners = new Set<(event: EngineEvent) => void>()
  const services = {
    definition,
    machine: buildMachine(definition),
    clock,
    runStates: createStateHandlers({
      clock,
      invoke: options.invoke,
      tokens,
      payloadLimitBytes,
      substitutions: options.substitutions ?? {},
      random: options.random ?? (() => 0.5),
    }),
    stateMachineName: name,
    payloadLimitBytes,
    emit(event: EngineEvent) {
      for (const listener of listeners) listener(event)
    },
  }

  const find = (executionArn: string): RunningExecution => {
    const found = executions.get(executionArn)
    if (!found) throw apiError('ExecutionDoesNotExist', `Execution Does Not Exist: '${executionArn}'`)
    return found
  }

  const begin = (executionArn: string, executionName: string, input: unknown): RunningExecution => {
    if (invalidName.test(executionName)) throw apiError('InvalidName', `Invalid Name: '${executionName}'`)
    const text = JSON.stringify(input)
    if (text === undefined || Buffer.byteLength(text) > payloadLimitBytes)
      throw apiError(
        'InvalidExecutionInput',
        `Invalid Execution Input: not JSON, or longer than ${payloadLimitBytes} bytes`,
      )
    const copy: unknown = JSON.parse(text)
    const startDate = clock.now()
    const record = {
      executionArn,
      stateMachineArn,
      name: executionName,
      status: 'RUNNING' as const,
      startDate,
      input: copy,
    }
    const execution = startExecution(record, services)
    executions.set(executionArn, execution)
    return execution
  }

  return {
    stateMachineArn,
    /** The same name and input while it runs is the same execution; otherwise a known name is refused, as on AWS. */
    startExecution(request: { name: string; input: unknown }): {
      executionArn: string
      startDate: Date
      finished: Promise<Execution>
    } {
      const executionArn = `arn:aws:states:${region}:${account}:execution:${name}:${request.name}`
      const known = executions.get(executionArn)
      const same = known && JSON.stringify(known.record.input) === JSON.stringify(request.input)
      if (known && !(same && known.record.status === 'RUNNING'))
        throw apiError('ExecutionAlreadyExists', `Execution Already Exists: '${executionArn}'`)
      const { record, finished } = known ?? begin(executionArn, request.name, request.input)
      return { executionArn, startDate: record.startDate, finished }
    },
    describeExecution: (executionArn: string): Execution => ({ ...find(executionArn).record }),
    /** Resolves when the execution has ended, however it ended. */
    whenFinished: (executionArn: string): Promise<Execution> => find(executionArn).finished,
    listExecutions: (): Execution[] => [...executions.values()].map(({ record }) => ({ ...record })),
    /** Ends the execution as ABORTED, whatever it catches; one that has ended stays as it is. */
    stopExecution(executionArn: string, error?: string, cause?: string): void {
      find(executionArn).abort(error, cause)
    },
    sendTaskSuccess: tokens.sendTaskSuccess,
    sendTaskFailure: tokens.sendTaskFailure,
    sendTaskHeartbeat: tokens.sendTaskHeartbeat,
    /** State transitions of an execution so far, as a Standard workflow is billed. */
    stateTransitions: (executionArn: string): number => find(executionArn).transitions(),
    /** Tells the listener every event in order, until the returned function is called. */
    onEvent(listener: (event: EngineEvent) => void): () => void {
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
      }
    },
    /** Aborts what still runs, so that the process can end; resolves when the last execution has told its end. */
    async close(): Promise<void> {
      for (const execution of executions.values()) execution.abort()
      await Promise.all([...executions.values()].map(({ finished }) => finished))
    },
  }
}

export type Engine = ReturnType<typeof createEngine>
