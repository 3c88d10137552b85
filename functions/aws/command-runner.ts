import { GetCommandInvocationCommand, ListCommandsCommand, SendCommandCommand } from '@aws-sdk/client-ssm'
import type { AgentRef } from '../domain/agent.ts'
import { TransientError } from '../domain/errors.ts'
import { addSeconds } from '../domain/time.ts'
import type { Platform } from '../runtime/platform.ts'
import { ssmClient } from './clients.ts'
import { guarded, isNamed } from './failures.ts'

export type CommandOutcome =
  | { status: 'pending' }
  /** No answer will come: the host was not reached in time, or the command was cancelled or ended by its time limit. */
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

const running = new Set(['Pending', 'InProgress', 'Delayed', 'Cancelling'])
const answered = new Set(['Success', 'Failed'])

/** Seconds within which the host must take the command up; beyond that it is undeliverable and not late. */
const deliverySeconds = 60

/** Run Command. `findByComment` pages through ListCommands, since SSM filters by time and status but not by Comment. */
export const awsCommandRunner = (platform: Platform): CommandRunner => {
  const client = () => ssmClient(platform)
  return {
    async send(agent, document, parameters, comment) {
      const { Command } = await guarded(() =>
        client().send(
          new SendCommandCommand({
            DocumentName: `agent-medic-${document}`,
            InstanceIds: [agent.id],
            Parameters: Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, [value]])),
            Comment: comment,
            TimeoutSeconds: deliverySeconds,
          }),
        ),
      )
      if (!Command?.CommandId) throw new TransientError('SendCommand answered without a command id')
      return Command.CommandId
    },
    async outcome(agent, commandId) {
      const invocation = await guarded(() =>
        client().send(new GetCommandInvocationCommand({ CommandId: commandId, InstanceId: agent.id })),
      ).catch((error: unknown) => {
        // The invocation shows up a moment after SendCommand.
        if (isNamed(error, 'InvocationDoesNotExist')) return undefined
        throw error
      })
      const status = invocation?.Status
      if (!invocation || !status || running.has(status)) return { status: 'pending' }
      if (!answered.has(status))
        return { status: 'undelivered', reason: `Run Command ended as ${invocation.StatusDetails ?? status}` }
      if (invocation.ResponseCode === undefined || invocation.ResponseCode < 0)
        return {
          status: 'undelivered',
          reason: `Run Command ended as ${invocation.StatusDetails ?? status} without an exit code`,
        }
      return {
        status: 'finished',
        succeeded: status === 'Success',
        exitCode: invocation.ResponseCode,
        stdout: invocation.StandardOutputContent ?? '',
        stderr: invocation.StandardErrorContent ?? '',
        startedAt: invocation.ExecutionStartDateTime || null,
      }
    },
    async findByComment(agent, comment, since) {
      let NextToken: string | undefined
      do {
        const page = await guarded(() =>
          client().send(
            new ListCommandsCommand({
              InstanceId: agent.id,
              // ListCommands takes whole seconds; one second earlier, so that rounding hides nothing.
              Filters: [{ key: 'InvokedAfter', value: `${addSeconds(since, -1).toISOString().slice(0, 19)}Z` }],
              ...(NextToken ? { NextToken } : {}),
            }),
          ),
        )
        const found = page.Commands?.find((command) => command.Comment === comment)
        if (found?.CommandId) return found.CommandId
        NextToken = page.NextToken
      } while (NextToken)
      return undefined
    },
  }
}
