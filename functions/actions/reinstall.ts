import { hostCommandAction } from './host-command-action.ts'

/** Installs the agent's package anew, keeps its configuration and restarts the unit. */
export const reinstall = hostCommandAction({
  kind: 'reinstall',
  document: 'reinstall-agent',
  undo: 'Install the earlier package version by hand; the configuration was kept.',
  deadlineSeconds: 360,
})
