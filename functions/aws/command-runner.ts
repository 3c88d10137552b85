import type { AgentRef } from '../domain/agent.ts'

export type CommandOutcome =
  | { status: 'pending' }
  /** The host never took the command: not registered, not reachable, delivery timed out, cancelled. */
  | { status: 'undelivered'; reason: string }
  | {
      status: 'finished'
      succeeded: boolean
      exitCode: number
      stdout: string
      stderr: string
      startedAt: string | null
    }

/** Runs one of the medic's own host commands on an EC2 or hybrid agent through SSM Run Command. */
export interface CommandRunner {
  /** `document` is the name in `functions/host` without `.sh`. Sends once: SendCommand has no client token. */
  send(agent: AgentRef, document: string, parameters: Record<string, string>, comment: string): Promise<string>
  outcome(agent: AgentRef, commandId: string): Promise<CommandOutcome>
  /** The id of a command whose Comment is `comment`, sent to the agent since then; undefined when there is none. */
  findByComment(agent: AgentRef, comment: string, since: string): Promise<string | undefined>
}
