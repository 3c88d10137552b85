import type { AgentRef } from '../domain/agent.ts'
import type { EcsPlatform } from '../domain/evidence.ts'

export interface TaskView extends Omit<EcsPlatform, 'model'> {
  startedBy: string | null
  /** `service:<name>` or `family:<name>`. */
  group: string | null
}

/** ECS tasks of a cluster. */
export interface Tasks {
  /** Null once ECS no longer describes it (an hour after it stopped). */
  describe(agent: AgentRef, cluster: string): Promise<TaskView | null>
  /** ARNs of the tasks that run for a service or a family. */
  running(cluster: string, of: { service: string } | { family: string }, region: string): Promise<string[]>
  /** Starts a standalone task like the stopped one; `token` is ECS's client token, so a repeat starts no second task. */
  runLike(agent: AgentRef, cluster: string, token: string): Promise<string>
  stop(agent: AgentRef, cluster: string, reason: string): Promise<void>
  /** The task started with this token as its `startedBy`, if there is one. */
  findStartedBy(cluster: string, token: string, region: string): Promise<string | undefined>
}
