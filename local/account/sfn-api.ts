import type { Execution } from '../engine/execution.ts'
import { type Operation, operation, z } from './input.ts'

/** What the replay's engine answers of the Step Functions API. */
export interface Workflow {
  sendTaskSuccess(taskToken: string, output: string): void
  describeExecution(executionArn: string): Execution
  startExecution(request: { name: string; input: unknown }): { executionArn: string; startDate: Date }
}

const textOf = (value: unknown): string | undefined => (value === undefined ? undefined : JSON.stringify(value))

export const sfnApi = (workflow: () => Workflow): Record<string, Operation> => ({
  DescribeExecution: operation(
    'sfn',
    'DescribeExecution',
    z.strictObject({ executionArn: z.string() }),
    ({ executionArn }) => {
      const { input, output, ...told } = workflow().describeExecution(executionArn)
      return { ...told, input: textOf(input), output: textOf(output) }
    },
  ),
  StartExecution: operation(
    'sfn',
    'StartExecution',
    z.strictObject({ stateMachineArn: z.string(), name: z.string(), input: z.string() }),
    ({ name, input }) => {
      const { executionArn, startDate } = workflow().startExecution({ name, input: JSON.parse(input) as unknown })
      return { executionArn, startDate }
    },
  ),
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
