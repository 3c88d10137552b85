import { configCorrupt } from './config-corrupt.ts'
import { diskFull } from './disk-full.ts'
import { ecsTaskOutOfMemory } from './ecs-task-out-of-memory.ts'
import { healthyFalseAlarm } from './healthy-false-alarm.ts'
import { instanceImpaired } from './instance-impaired.ts'
import { instanceProfileMissing } from './instance-profile-missing.ts'
import { instanceStoppedOnPurpose } from './instance-stopped-on-purpose.ts'
import { memoryExhausted } from './memory-exhausted.ts'
import type { Rule } from './rule.ts'
import { serviceCrashLoop } from './service-crash-loop.ts'
import { serviceStopped } from './service-stopped.ts'
import { ssmAgentUnreachable } from './ssm-agent-unreachable.ts'

/** Every rule, causes before what they bring about. */
export const rules: readonly Rule[] = [
  instanceStoppedOnPurpose,
  instanceImpaired,
  instanceProfileMissing,
  ecsTaskOutOfMemory,
  diskFull,
  memoryExhausted,
  configCorrupt,
  serviceCrashLoop,
  serviceStopped,
  ssmAgentUnreachable,
  healthyFalseAlarm,
]
