import type { ActionKind } from '../domain/action.ts'
import { readHostOutput } from '../domain/host-output.ts'
import { hostCommandResult } from '../domain/host-probe.ts'
import type { ActionDefinition } from './action-definition.ts'

interface HostCommand {
  kind: ActionKind
  /** The script in `functions/host` without `.sh`. */
  document: string
  undo: string
  deadlineSeconds: number
}

/**
 * An action that one of our host commands carries out through Run Command. SendCommand has no client token, so the command
 * carries the action id as its Comment, and `find` looks for that among the commands sent since the intent; the host itself
 * refuses a second run with the same id. When the call throttles or times out, the state retries and `find` decides; when it
 * is denied, the action fails; when the function dies right after it, the command is found by its Comment. A command that
 * ListCommands does not show yet is sent again: the host refuses the second run.
 */
export const hostCommandAction = ({ kind, document, undo, deadlineSeconds }: HostCommand): ActionDefinition => ({
  kind,
  channel: 'ssm',
  destructive: false,
  disruptive: false,
  undo,
  deadlineSeconds,
  async start(action, { commands }) {
    const commandId = await commands.send(
      action.target,
      document,
      { ...action.parameters, ActionId: action.id },
      action.id,
    )
    return { commandId }
  },
  async find(action, { commands }, { intendedAt }) {
    const commandId = await commands.findByComment(action.target, action.id, intendedAt)
    // A second SendCommand would be harmless, as the host refuses a second run: so "not seen" may start again.
    return commandId ? { commandId } : 'not-started'
  },
  async check(action, { commandId }, { commands }) {
    if (!commandId) return { status: 'failed', detail: 'the command that was sent is not known' }
    const outcome = await commands.outcome(action.target, commandId)
    if (outcome.status === 'pending') return { status: 'pending', waitSeconds: 10, detail: 'the command runs' }
    if (outcome.status === 'undelivered') return { status: 'failed', detail: outcome.reason }
    const read = readHostOutput(hostCommandResult, outcome.stdout)
    if (!read.ok)
      return {
        status: 'failed',
        detail: `exit code ${outcome.exitCode}: ${read.problem}${outcome.stderr ? `; ${outcome.stderr.slice(0, 300)}` : ''}`,
      }
    if (read.value.result === 'failed') return { status: 'failed', detail: read.value.detail }
    return { status: 'succeeded', detail: read.value.detail }
  },
})
