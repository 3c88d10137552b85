import { accessDenied } from './access-denied.ts'
import { buildFailed, buildPhaseFailed } from './build-failed.ts'
import { buildProjectChanged } from './build-project-changed.ts'
import { alarmContributor, cloudwatchAlarm } from './cloudwatch-alarm.ts'
import { complianceLost } from './compliance-lost.ts'
import { deploymentFailed, instanceDeploymentFailed } from './deployment-failed.ts'
import { ecsChangeCalled } from './ecs-change-called.ts'
import { ecsDeploymentFailed, ecsServiceImpaired } from './ecs-service-trouble.ts'
import { ecsTaskStopped } from './ecs-task-stopped.ts'
import { instanceLeaving, launchFailed, terminateFailed } from './group-activity.ts'
import { healthEvent } from './health-event.ts'
import { instanceProfileChanged } from './instance-profile-changed.ts'
import { instanceStateChanged } from './instance-state-changed.ts'
import { instanceStopCalled } from './instance-stop-called.ts'
import { networkChanged } from './network-changed.ts'
import { nodeDeregistered } from './node-deregistered.ts'
import { parameterChanged } from './parameter-changed.ts'
import { permissionChanged } from './permission-changed.ts'
import { pipelineActionFailed, pipelineFailed, stageFailed } from './pipeline-failed.ts'
import type { Reader } from './reader.ts'
import { rebalanceRecommended, spotInterruption } from './spot-warnings.ts'
import { associationFailed, commandFailed } from './ssm-work-failed.ts'
import { unattended } from './unattended.ts'

/**
 * Every reader. Of several that read one detail-type, the first that takes the event reads it: a refused call is a denial
 * before it is anything else. Systems Manager has no event for an agent that it lost (PingStatus): the sweep asks.
 */
export const readers: readonly Reader[] = [
  cloudwatchAlarm,
  alarmContributor,
  accessDenied,
  instanceStateChanged,
  instanceStopCalled,
  instanceProfileChanged,
  spotInterruption,
  rebalanceRecommended,
  launchFailed,
  terminateFailed,
  instanceLeaving,
  ecsTaskStopped,
  ecsServiceImpaired,
  ecsDeploymentFailed,
  ecsChangeCalled,
  buildFailed,
  buildPhaseFailed,
  pipelineFailed,
  stageFailed,
  pipelineActionFailed,
  deploymentFailed,
  instanceDeploymentFailed,
  commandFailed,
  associationFailed,
  nodeDeregistered,
  permissionChanged,
  networkChanged,
  parameterChanged,
  buildProjectChanged,
  complianceLost,
  healthEvent,
  unattended,
]
