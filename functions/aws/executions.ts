import { DescribeExecutionCommand, StartExecutionCommand } from '@aws-sdk/client-sfn'
import type { Platform } from '../runtime/platform.ts'
import { sfnClient } from './clients.ts'
import { guarded, isNamed } from './failures.ts'

export interface ExecutionView {
  status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED' | 'PENDING_REDRIVE'
  startedAt: string
  /** JSON text; null when Step Functions keeps none. */
  input: string | null
  output: string | null
  error: string | null
  cause: string | null
}

/** Executions of the remediate workflow. */
export interface Executions {
  /** Undefined for one that Step Functions does not know (any more: it keeps them for 90 days). */
  read(arn: string): Promise<ExecutionView | undefined>
  /** Starts one. A name serves once: when it was used already, `started` is false and nothing happens. */
  start(name: string, input: unknown): Promise<{ started: boolean }>
}

export const stepFunctionsExecutions = (platform: Platform, stateMachineArn: string): Executions => ({
  async read(executionArn) {
    try {
      const found = await guarded(() => sfnClient(platform).send(new DescribeExecutionCommand({ executionArn })))
      return {
        status: found.status ?? 'RUNNING',
        startedAt: (found.startDate ?? new Date(0)).toISOString(),
        input: found.input ?? null,
        output: found.output ?? null,
        error: found.error ?? null,
        cause: found.cause ?? null,
      }
    } catch (error) {
      if (isNamed(error, 'ExecutionDoesNotExist')) return undefined
      throw error
    }
  },
  async start(name, input) {
    try {
      await guarded(() =>
        sfnClient(platform).send(new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) })),
      )
      return { started: true }
    } catch (error) {
      if (isNamed(error, 'ExecutionAlreadyExists')) return { started: false }
      throw error
    }
  },
})
