import type { AgentProfile } from './fleet.ts'

/** Paths and unit names as each project's documentation gives them for its Linux packages. A fleet file overrides by name. */
export const builtInProfiles: readonly AgentProfile[] = [
  {
    name: 'codedeploy-agent',
    host: {
      unit: 'codedeploy-agent.service',
      package: 'codedeploy-agent',
      configPath: '/etc/codedeploy-agent/conf/codedeployagent.yml',
      logPath: '/var/log/aws/codedeploy-agent/codedeploy-agent.log',
      workspacePath: '/opt/codedeploy-agent/deployment-root',
    },
    logGroup: '/agents/codedeploy-agent',
    registration: false,
    syntheticJob: 'workspace-write',
  },
  {
    name: 'amazon-ssm-agent',
    host: {
      unit: 'amazon-ssm-agent.service',
      package: 'amazon-ssm-agent',
      configPath: '/etc/amazon/ssm/amazon-ssm-agent.json',
      logPath: '/var/log/amazon/ssm/amazon-ssm-agent.log',
    },
    logGroup: '/agents/amazon-ssm-agent',
    registration: false,
    syntheticJob: 'none',
  },
  {
    name: 'amazon-cloudwatch-agent',
    host: {
      unit: 'amazon-cloudwatch-agent.service',
      package: 'amazon-cloudwatch-agent',
      configPath: '/opt/aws/amazon-cloudwatch-agent/etc/amazon-cloudwatch-agent.toml',
      logPath: '/opt/aws/amazon-cloudwatch-agent/logs/amazon-cloudwatch-agent.log',
    },
    logGroup: '/agents/amazon-cloudwatch-agent',
    registration: false,
    syntheticJob: 'none',
  },
  {
    // CodePipeline's job worker is the user's own program: these are agent-medic's conventions, not a vendor's.
    name: 'codepipeline-job-worker',
    host: {
      unit: 'codepipeline-job-worker.service',
      package: 'codepipeline-job-worker',
      configPath: '/etc/codepipeline-job-worker/worker.json',
      logPath: '/var/log/aws/codepipeline-job-worker/worker.log',
      workspacePath: '/var/lib/codepipeline-job-worker/workspace',
    },
    logGroup: '/agents/codepipeline-job-worker',
    registration: false,
    syntheticJob: 'workspace-write',
  },
  {
    // The runner is unpacked by hand and registered with a token, so there is no package to reinstall.
    name: 'github-actions-runner',
    host: {
      unit: 'actions.runner.service',
      configPath: '/opt/actions-runner/.runner',
      logPath: '/opt/actions-runner/_diag/Runner.log',
      workspacePath: '/opt/actions-runner/_work',
    },
    logGroup: '/agents/github-actions-runner',
    registration: true,
    syntheticJob: 'workspace-write',
  },
  {
    name: 'gitlab-runner',
    host: {
      unit: 'gitlab-runner.service',
      package: 'gitlab-runner',
      configPath: '/etc/gitlab-runner/config.toml',
      workspacePath: '/home/gitlab-runner/builds',
    },
    logGroup: '/agents/gitlab-runner',
    registration: true,
    syntheticJob: 'workspace-write',
  },
  {
    name: 'jenkins-agent',
    host: { unit: 'jenkins-agent.service', workspacePath: '/var/lib/jenkins/workspace' },
    logGroup: '/agents/jenkins-agent',
    registration: true,
    syntheticJob: 'workspace-write',
  },
  {
    name: 'buildkite-agent',
    host: {
      unit: 'buildkite-agent.service',
      package: 'buildkite-agent',
      configPath: '/etc/buildkite-agent/buildkite-agent.cfg',
      workspacePath: '/var/lib/buildkite-agent/builds',
    },
    logGroup: '/agents/buildkite-agent',
    registration: true,
    syntheticJob: 'workspace-write',
  },
  {
    name: 'ecs-build-agent',
    container: { name: 'build-agent', logStreamPrefix: 'ecs' },
    logGroup: '/ecs/build-agent',
    registration: false,
    syntheticJob: 'none',
  },
  { name: 'codebuild', registration: false, syntheticJob: 'none' },
]
