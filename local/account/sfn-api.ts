import { type Operation, operation, z } from './input.ts'

/** What the replay's engine answers of the Step Functions API. */
export interface Workflow {
  sendTaskSuccess(taskToken: string, output: string): void
}

export const sfnApi = (workflow: () => Workflow): Record<string, Operation> => ({
  SendTaskSuccess: operation(
    'sfn',
    'SendTaskSuccess',
    z.strictObject({ taskToken: z.string(), output: z.string() }),
    ({ taskToken, output }) => {
      workflow().sendTaskSuccess(taskToken, output)
      return {}
    },
  ),
})
