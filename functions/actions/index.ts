import type { ActionKind } from '../domain/action.ts'
import type { ActionDefinition } from './action-definition.ts'
import { attachProfile } from './attach-profile.ts'
import { enterStandby } from './enter-standby.ts'
import { exitStandby } from './exit-standby.ts'
import { freeDiskSpace } from './free-disk-space.ts'
import { quarantine } from './quarantine.ts'
import { reboot } from './reboot.ts'
import { reinstall } from './reinstall.ts'
import { replaceInstance } from './replace-instance.ts'
import { replaceTask } from './replace-task.ts'
import { restartService } from './restart-service.ts'
import { restoreConfig } from './restore-config.ts'
import { startInstance } from './start-instance.ts'
import { stopInstance } from './stop-instance.ts'

/** Every change that the medic can make to the world. */
export const actions: Record<ActionKind, ActionDefinition> = {
  'restart-service': restartService,
  'free-disk-space': freeDiskSpace,
  'restore-config': restoreConfig,
  reinstall,
  reboot,
  'enter-standby': enterStandby,
  'stop-instance': stopInstance,
  'start-instance': startInstance,
  'exit-standby': exitStandby,
  'replace-instance': replaceInstance,
  'replace-task': replaceTask,
  'attach-profile': attachProfile,
  quarantine,
}
