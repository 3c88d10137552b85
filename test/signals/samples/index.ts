import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SignalKind } from '../../../functions/domain/signal.ts'

interface Sample {
  /** Where AWS shows the shape. */
  shape: string
  kind: SignalKind | 'ignored'
  /** Agents by id and pools by name that it is read as, the first first. */
  of: string[]
}

const agent = 'i-0a1b2c3d4e5f60001'
const other = 'i-0a1b2c3d4e5f60002'
const task = 'arn:aws:ecs:eu-central-1:111122223333:task/ci/0cc175b9c0f1b6a831c399e269772661'
const alarms = 'CloudWatch user guide, "Alarm events and EventBridge"'
const trail = 'CloudTrail user guide, "CloudTrail record contents"'
const groups = 'Amazon EC2 Auto Scaling user guide, "Amazon EC2 Auto Scaling event reference"'
const ecs = 'Amazon ECS developer guide, "Amazon ECS events"'
const builds = 'CodeBuild user guide, "Build notifications input format reference"'
const pipelines = 'CodePipeline user guide, "Monitoring CodePipeline events"'
const deployments = 'CodeDeploy user guide, "Monitoring deployments with Amazon CloudWatch Events"'
const systems = 'Systems Manager user guide, "Amazon EventBridge event examples for Systems Manager"'
const health = 'AWS Health user guide, "AWS Health events Amazon EventBridge schema"'

const denied = (of: string): Sample => ({ shape: trail, kind: 'access-denied', of: [of] })
const network: Sample = { shape: trail, kind: 'network-changed', of: ['linux-builders'] }
const shared: Sample = { shape: trail, kind: 'network-changed', of: ['linux-builders', 'github-runners'] }
const permission: Sample = { shape: trail, kind: 'permission-changed', of: ['linux-builders'] }
const parameter: Sample = { shape: trail, kind: 'parameter-changed', of: ['linux-builders'] }
const pipeline: Sample = { shape: pipelines, kind: 'pipeline-failed', of: ['linux-builders'] }

/** One event of every kind, as AWS publishes it, with the names of fleet.json in it. */
export const samples: Record<string, Sample> = {
  'alarm-static': { shape: alarms, kind: 'metric-alarm', of: [agent] },
  'alarm-metric-math': { shape: alarms, kind: 'metric-alarm', of: ['linux-builders'] },
  'alarm-anomaly-band': { shape: alarms, kind: 'metric-alarm', of: [agent] },
  'alarm-composite': { shape: alarms, kind: 'composite-alarm', of: ['linux-builders'] },
  'alarm-insights': { shape: alarms, kind: 'ignored', of: [] },
  'alarm-contributor': { shape: alarms, kind: 'metric-alarm', of: [agent] },
  'denied-parameter': denied(agent),
  'denied-describe-tags': denied(agent),
  'denied-assume-role': denied(task),
  'denied-get-role': denied(agent),
  'instance-stopped': {
    shape: 'EC2 user guide, "Monitor for changes to your instances"',
    kind: 'instance-state-changed',
    of: [agent],
  },
  'stop-instances': { shape: trail, kind: 'instance-stop-called', of: [agent, other] },
  'terminate-instances': { shape: trail, kind: 'instance-stop-called', of: [agent] },
  'profile-disassociated': { shape: trail, kind: 'instance-profile-removed', of: [agent] },
  'profile-replaced': { shape: trail, kind: 'instance-profile-replaced', of: [agent] },
  'spot-interruption': {
    shape: 'EC2 user guide, "Spot Instance interruption notices"',
    kind: 'spot-interruption',
    of: [agent],
  },
  'rebalance-recommended': {
    shape: 'EC2 user guide, "EC2 instance rebalance recommendations"',
    kind: 'rebalance-recommended',
    of: [agent],
  },
  'launch-failed': { shape: groups, kind: 'instance-launch-failed', of: ['linux-builders'] },
  'terminate-failed': { shape: groups, kind: 'instance-terminate-failed', of: ['linux-builders'] },
  'instance-leaving': { shape: groups, kind: 'instance-leaving', of: [agent] },
  'ecs-task-stopped': { shape: ecs, kind: 'ecs-task-stopped', of: [task] },
  'service-start-impaired': { shape: ecs, kind: 'ecs-service-impaired', of: ['container-builders'] },
  'service-placement-failed': { shape: ecs, kind: 'ecs-service-impaired', of: ['container-builders'] },
  'ecs-deployment-failed': { shape: ecs, kind: 'ecs-deployment-failed', of: ['container-builders'] },
  'stop-task': { shape: trail, kind: 'ecs-change-called', of: [task] },
  'update-service': { shape: trail, kind: 'ecs-change-called', of: ['container-builders'] },
  'build-failed': { shape: builds, kind: 'build-failed', of: ['managed-builds'] },
  'build-phase-failed': { shape: builds, kind: 'build-failed', of: ['managed-builds'] },
  'pipeline-failed': pipeline,
  'stage-failed': pipeline,
  'pipeline-action-failed': { ...pipeline, of: ['managed-builds', 'linux-builders'] },
  'deployment-failed': { shape: deployments, kind: 'deployment-failed', of: ['plant-deployers'] },
  'instance-deployment-failed': { shape: deployments, kind: 'deployment-failed', of: [agent] },
  'command-failed': { shape: systems, kind: 'command-failed', of: [agent] },
  'association-failed': { shape: systems, kind: 'association-failed', of: [agent] },
  'deregister-node': { shape: trail, kind: 'node-deregistered', of: ['mi-0a1b2c3d4e5f60718'] },
  'role-policy-deleted': permission,
  'role-policy-detached': permission,
  'role-policy-put': permission,
  'role-trust-updated': permission,
  'role-boundary-put': permission,
  'role-removed-from-profile': permission,
  'security-group-egress-revoked': shared,
  'security-group-ingress-authorized': shared,
  'security-group-rules-modified': shared,
  'network-acl-entry-replaced': network,
  'route-deleted': network,
  'nat-gateway-deleted': network,
  'vpc-endpoints-deleted': network,
  'vpc-endpoint-modified': network,
  'put-parameter': parameter,
  'delete-parameters': parameter,
  'update-project': { shape: trail, kind: 'build-project-changed', of: ['managed-builds'] },
  'compliance-lost': {
    shape: 'AWS Config developer guide, "Monitoring AWS Config with Amazon EventBridge"',
    kind: 'compliance-lost',
    of: ['linux-builders', 'github-runners'],
  },
  'health-issue': { shape: health, kind: 'health-issue', of: ['managed-builds'] },
  'health-retirement': { shape: health, kind: 'health-scheduled-change', of: [agent] },
}

/** A fresh copy of a sample. */
// biome-ignore lint/suspicious/noExplicitAny: tests change any part of it.
export const sampleEvent = (name: string): any =>
  JSON.parse(readFileSync(join(import.meta.dirname, `${name}.json`), 'utf8'))
