import { ExecutionAbortedError } from 'aws-local-stepfunctions'
import type { Definition } from './definition.ts'
import { checkSize } from './errors.ts'
import type { EngineEvent, Told } from './events.ts'
import { createHistory } from './history.ts'
import type { Machine } from './machine.ts'
import { tokenPlaceholder } from './rewrite.ts'
import type { createStateHandlers } from './state-handlers.ts'
import type { VirtualClock } from './virtual-clock.ts'

export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED'

/** What DescribeExecution tells; input and output are values, not JSON text. */
export interface Execution {
  executionArn: string
  stateMachineArn: string
  name: string
  status: ExecutionStatus
  startDate: Date
  stopDate?: Date
  input: unknown
  output?: unknown
  error?: string
  cause?: string
}

export interface RunningExecution {
  record: Execution
  transitions(): number
  /** Resolves however the execution ends; rejects only when the replay itself is at fault. */
  finished: Promise<Execution>
  abort(error?: string, cause?: string): void
}

interface Services {
  definition: Definition
  machine: Machine
  clock: VirtualClock
  runStates: ReturnType<typeof createStateHandlers>
  stateMachineName: string
  payloadLimitBytes: number
  emit(event: EngineEvent): void
}

const endings = {
  SUCCEEDED: 'ExecutionSucceeded',
  FAILED: 'ExecutionFailed',
  TIMED_OUT: 'ExecutionTimedOut',
  ABORTED: 'ExecutionAborted',
} as const

/** Error and cause as far as there are any: a bare Fail state has neither. */
const failureOf = (error = '', cause = ''): { error?: string; cause?: string } => ({
  ...(error === '' ? {} : { error }),
  ...(cause === '' ? {} : { cause }),
})

const contextOf = ({ executionArn, name, startDate, input, stateMachineArn }: Execution, services: Services) => ({
  Execution: { Id: executionArn, Name: name },
  Replay: { StartTime: startDate.toISOString(), Input: input },
  State: {
    // Read only while a state is entered (preflight sees to that), so the present is the entry.
    get EnteredTime() {
      return services.clock.now().toISOString()
    },
  },
  StateMachine: { Id: stateMachineArn, Name: services.stateMachineName },
  Task: { Token: tokenPlaceholder },
})

/** States' errors say by themselves whether a Catch may take them; anything else is a fault of the replay. */
const isStatesError = (error: unknown): error is Error => error instanceof Error && 'isCatchable' in error

/** Starts an execution of the workflow and follows it to its end. */
export const startExecution = (record: Execution, services: Services): RunningExecution => {
  const { clock, definition, machine, payloadLimitBytes, emit } = services
  const over = new AbortController()
  const history = createHistory()
  const { executionArn } = record

  const tell = (told: Told) => {
    history.count(told)
    if (told.type === 'StateExited') checkSize(told.output, payloadLimitBytes, `The output of ${told.state}`)
    emit({ executionArn, at: clock.now(), ...told })
  }
  /** The first ending counts; what ends from outside skips every Catch. */
  const end = (status: Exclude<ExecutionStatus, 'RUNNING'>, details: Pick<Execution, 'output' | 'error' | 'cause'>) => {
    if (record.status !== 'RUNNING') return
    Object.assign(record, { status, stopDate: clock.now(), ...details })
    over.abort()
  }

  const run = async (): Promise<Execution> => {
    emit({ executionArn, at: clock.now(), type: 'ExecutionStarted', input: record.input })
    try {
      const context = contextOf(record, services)
      const output = await services.runStates(
        machine,
        { executionArn, context, signal: over.signal, tell },
        record.input,
      )
      end('SUCCEEDED', { output })
    } catch (error) {
      if (isStatesError(error)) end('FAILED', failureOf(error.name, error.message))
      else if (!(error instanceof ExecutionAbortedError)) throw error
    } finally {
      over.abort()
    }
    if (record.status === 'RUNNING') return record
    const { output, error, cause } = record
    const details = record.status === 'SUCCEEDED' ? { output } : failureOf(error, cause)
    emit({ executionArn, at: record.stopDate ?? clock.now(), type: endings[record.status], ...details })
    return { ...record }
  }

  const limit = definition.TimeoutSeconds
  if (limit !== undefined)
    void clock.sleep(limit * 1000, over.signal).then(() => {
      if (!over.signal.aborted) end('TIMED_OUT', { error: 'States.Timeout' })
    })
  return {
    record,
    transitions: history.transitions,
    finished: run(),
    abort: (error, cause) => end('ABORTED', failureOf(error, cause)),
  }
}
