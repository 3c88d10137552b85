import { StateMachine } from 'aws-local-stepfunctions'
import { allStates, type Definition } from './definition.ts'
import { apiError, type StatesError } from './errors.ts'
import { type EngineEvent, translateEvent } from './events.ts'
import { preflight } from './preflight.ts'
import { rewrite, tokenPlaceholder } from './rewrite.ts'
import { createTaskRunner, type Invoke } from './task-runner.ts'
import { createTaskTokens } from './task-tokens.ts'
import type { VirtualClock } from './virtual-clock.ts'

export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED'

export interface Execution {
  executionArn: string
  name: string
  status: ExecutionStatus
  startDate: Date
  stopDate?: Date
  input: unknown
  output?: unknown
  error?: string
  cause?: string
}

interface RunningExecution {
  record: Execution
  finished: Promise<Execution>
  end(status: ExecutionStatus, error?: string, cause?: string): void
}

export interface EngineOptions {
  definition: Definition
  name: string
  clock: VirtualClock
  invoke: Invoke
  region: string
  account: string
  random?: () => number
  /** Step Functions' limit of a state's input and output. */
  payloadLimitBytes?: number
}

/**
 * Runs a Standard workflow on a virtual clock: a rewritten copy of the definition in aws-local-stepfunctions, in which
 * waits, retries and time-outs sleep virtually. Throws with every problem when `preflight` finds a construct that would
 * run otherwise than on AWS.
 */
export const createEngine = (options: EngineOptions) => {
  const { definition, clock, region, account, name } = options
  const problems = preflight(definition)
  if (problems.length > 0) throw new Error(`the workflow can't be replayed:\n${problems.join('\n')}`)

  const states = new Map(allStates(definition).map((each) => [each.name, each.state]))
  const machine = new StateMachine(rewrite(definition) as never, { validationOptions: { noValidate: true } })
  const tokens = createTaskTokens()
  const runTask = createTaskRunner({
    clock,
    invoke: options.invoke,
    tokens,
    random: options.random ?? (() => 0.5),
    payloadLimitBytes: options.payloadLimitBytes ?? 262_144,
  })
  const executions = new Map<string, RunningExecution>()
  const listeners: ((event: EngineEvent) => void)[] = []
  const emit = (event: EngineEvent) => {
    for (const listener of listeners) listener(event)
  }
  const stateMachineArn = `arn:aws:states:${region}:${account}:stateMachine:${name}`

  const handlersOf = (executionArn: string, signal: AbortSignal) =>
    Object.fromEntries(
      [...states]
        .filter(([, { Type }]) => Type === 'Task' || Type === 'Wait')
        .map(([stateName, state]) => [
          stateName,
          async (input: never) => {
            if (state.Type === 'Wait') {
              await clock.sleep(Number((input as { seconds: number }).seconds) * 1000, signal)
              return null
            }
            const onRetry = (error: StatesError, attempt: number) =>
              emit({
                executionArn,
                at: clock.now(),
                type: 'TaskRetried',
                state: stateName,
                stateType: 'Task',
                error: error.name,
                cause: error.message,
                attempt,
              })
            return runTask({ stateName, state, executionArn, signal, onRetry }, input) as never
          },
        ]),
    )

  const contextOf = (record: Execution) => ({
    Execution: { Id: record.executionArn, Name: record.name },
    Replay: { StartTime: record.startDate.toISOString(), Input: record.input },
    State: {
      get EnteredTime() {
        return clock.now().toISOString()
      },
    },
    StateMachine: { Id: stateMachineArn, Name: name },
    Task: { Token: tokenPlaceholder },
  })

  const start = (record: Execution): RunningExecution => {
    const over = new AbortController()
    const { promise: finished, resolve } = Promise.withResolvers<Execution>()
    const end: RunningExecution['end'] = (status, error, cause) => {
      if (record.status !== 'RUNNING') return
      Object.assign(record, { status, stopDate: clock.now() }, error === undefined ? {} : { error, cause: cause ?? '' })
      over.abort()
      const types = {
        SUCCEEDED: 'ExecutionSucceeded',
        FAILED: 'ExecutionFailed',
        TIMED_OUT: 'ExecutionTimedOut',
        ABORTED: 'ExecutionAborted',
      } as const
      if (status !== 'RUNNING')
        emit({
          executionArn: record.executionArn,
          at: clock.now(),
          type: types[status],
          ...(error === undefined ? {} : { error, cause: cause ?? '' }),
        })
      resolve(record)
    }
    if (definition.TimeoutSeconds !== undefined)
      void clock.sleep(definition.TimeoutSeconds * 1000, over.signal).then(() => end('TIMED_OUT', 'States.Timeout', ''))

    const run = machine.run(record.input as never, {
      overrides: { taskResourceLocalHandlers: handlersOf(record.executionArn, over.signal) as never },
      context: contextOf(record),
    })
    over.signal.addEventListener('abort', () => run.abort())
    const drained = (async () => {
      for await (const log of run.eventLogs) {
        const event = translateEvent(log, record.executionArn, clock.now(), (state) => states.get(state)?.Type)
        if (event && record.status === 'RUNNING') emit(event)
      }
    })()
    run.result.then(
      async (output) => {
        await drained
        record.output = output
        end('SUCCEEDED')
      },
      async (error: Error) => {
        const cause = error.cause instanceof Error ? error.cause : error
        // An aborted run never closes its event log, so it is not waited for.
        if (record.status === 'RUNNING') await drained
        end('FAILED', cause.name, cause.message)
      },
    )
    return { record, finished, end }
  }

  const find = (executionArn: string): RunningExecution => {
    const found = executions.get(executionArn)
    if (!found) throw apiError('ExecutionDoesNotExist', `Execution Does Not Exist: '${executionArn}'`)
    return found
  }

  return {
    stateMachineArn,
    /** The same name and input while it runs is the same execution; another input is refused, as on AWS. */
    startExecution({ name: executionName, input }: { name: string; input: unknown }) {
      const executionArn = `arn:aws:states:${region}:${account}:execution:${name}:${executionName}`
      const known = executions.get(executionArn)
      if (known) {
        const same = JSON.stringify(known.record.input) === JSON.stringify(input)
        if (!same || known.record.status !== 'RUNNING')
          throw apiError('ExecutionAlreadyExists', `Execution Already Exists: '${executionArn}'`)
        return { executionArn, startDate: known.record.startDate, finished: known.finished }
      }
      const record: Execution = { executionArn, name: executionName, status: 'RUNNING', startDate: clock.now(), input }
      emit({ executionArn, at: clock.now(), type: 'ExecutionStarted', input })
      const running = start(record)
      executions.set(executionArn, running)
      return { executionArn, startDate: record.startDate, finished: running.finished }
    },
    describeExecution: (executionArn: string): Execution => ({ ...find(executionArn).record }),
    listExecutions: (): Execution[] => [...executions.values()].map(({ record }) => ({ ...record })),
    stopExecution(executionArn: string, error?: string, cause?: string): void {
      find(executionArn).end('ABORTED', error, cause)
    },
    sendTaskSuccess: tokens.sendTaskSuccess,
    sendTaskFailure: tokens.sendTaskFailure,
    sendTaskHeartbeat: tokens.sendTaskHeartbeat,
    onEvent(listener: (event: EngineEvent) => void): void {
      listeners.push(listener)
    },
  }
}
export type Engine = ReturnType<typeof createEngine>
