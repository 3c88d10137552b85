/** Answers a waiting task. */
export interface WorkflowCallback {
  /** `gone` when the task no longer waits (timed out, answered, execution ended). */
  succeed(taskToken: string, output: unknown): Promise<'answered' | 'gone'>
}
