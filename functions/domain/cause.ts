import * as z from 'zod/mini'

/** Root causes that a rule recognises. The names are those of rules, playbooks and scenarios. */
export const cause = z.enum([
  'service-stopped',
  'service-crash-loop',
  'memory-exhausted',
  'disk-full',
  'config-corrupt',
  'ssm-agent-unreachable',
  'instance-impaired',
  'instance-profile-missing',
  'instance-stopped-on-purpose',
  'ecs-task-out-of-memory',
  'healthy-false-alarm',
])
export type Cause = z.infer<typeof cause>

/** `unknown` is a diagnosis and never a finding: no rule claims it. */
export const diagnosedCause = z.union([cause, z.literal('unknown')])
export type DiagnosedCause = z.infer<typeof diagnosedCause>
