import * as z from 'zod/mini'

/** The way by which a fact came or a change goes. A fault may cut a channel; its rungs are then skipped with that reason. */
export const channel = z.enum(['ssm', 'ec2-api', 'ecs-api', 'console-output', 'logs', 'metrics', 'trail', 'event'])
export type Channel = z.infer<typeof channel>
