import { hostCommandAction } from './host-command-action.ts'

/** Starts the agent's unit anew; a job that it still runs ends. The host reports whether it stays active. */
export const restartService = hostCommandAction({
  kind: 'restart-service',
  document: 'restart-service',
  undo: 'Nothing to undo: the unit was restarted as it is configured.',
  deadlineSeconds: 120,
})
