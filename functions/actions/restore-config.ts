import { hostCommandAction } from './host-command-action.ts'

/** The host fetches the stored configuration with its own role, puts it in place of the file and restarts the unit. */
export const restoreConfig = hostCommandAction({
  kind: 'restore-config',
  document: 'restore-config',
  undo: 'On the host, move <file>.agent-medic-<action id> back over the configuration file and restart the unit.',
  deadlineSeconds: 180,
})
