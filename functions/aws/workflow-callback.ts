import { SendTaskSuccessCommand } from '@aws-sdk/client-sfn'
import type { Platform } from '../runtime/platform.ts'
import { sfnClient } from './clients.ts'
import { guarded, isNamed } from './failures.ts'

/** Answers a waiting task. */
export interface WorkflowCallback {
  /** `gone` when the task no longer waits (timed out, answered, execution ended). */
  succeed(taskToken: string, output: unknown): Promise<'answered' | 'gone'>
}

/** SendTaskSuccess; a task that no longer waits is an answer, not a failure. */
export const stepFunctionsCallback = (platform: Platform): WorkflowCallback => ({
  async succeed(taskToken, output) {
    try {
      await guarded(() =>
        sfnClient(platform).send(new SendTaskSuccessCommand({ taskToken, output: JSON.stringify(output) })),
      )
      return 'answered'
    } catch (error) {
      if (isNamed(error, 'TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken')) return 'gone'
      throw error
    }
  },
})
