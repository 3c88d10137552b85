import { inputsOf, scriptNames } from '../../infra/host-documents.ts'
import { type Host, isReachable } from '../fleet/host.ts'
import { runCommand } from '../fleet/host-commands.ts'
import { serviceError } from './errors.ts'
import { ids, type Operation, operation, z } from './input.ts'
import type { AccountState, Command } from './state.ts'

/** The agent pings every five minutes; Systems Manager calls it lost when two pings are missing. */
const pingLagMs = 330_000
const invocationLagMs = 1500
const stdoutLimit = 24_000
const documentPrefix = 'agent-medic-'

const sendCommand = z.strictObject({
  DocumentName: z.string(),
  InstanceIds: ids(/^.+$/, 50),
  Parameters: z.record(z.string(), z.array(z.string())),
  Comment: z.optional(z.string().check(z.maxLength(100))),
  TimeoutSeconds: z.optional(z.int().check(z.minimum(30), z.maximum(2_592_000))),
})

/** Delivers a command as soon as the host is reached; a host that is not reached in time never gets it. */
const deliver = (state: AccountState, host: Host, command: Command, timeoutSeconds: number): void => {
  const { timeline } = state
  const script = command.document.slice(documentPrefix.length)
  const tryAfter = (seconds: number, waited: number) =>
    timeline.after(seconds, () => {
      if (isReachable(host, timeline.now())) {
        Object.assign(command, { status: 'InProgress', startedAt: timeline.now() })
        const run = runCommand(host, script, command.parameters, timeline)
        timeline.after(run?.seconds ?? 1, () => {
          const { stdout = '', stderr = '', exitCode = 1 } = run ?? {}
          Object.assign(command, {
            status: exitCode === 0 ? 'Success' : 'Failed',
            details: exitCode === 0 ? 'Success' : 'Failed',
            stdout,
            stderr,
            exitCode,
          })
        })
      } else if (waited >= timeoutSeconds) Object.assign(command, { status: 'TimedOut', details: 'DeliveryTimedOut' })
      else tryAfter(5, waited + 5)
    })
  tryAfter(1, 0)
}

export const ssmApi = (state: AccountState): Record<string, Operation> => {
  const { timeline } = state
  const pingOf = (host: Host): { status: string; at: Date } | undefined => {
    const last = host.reachable.latest(timeline.now())
    if (!last) return undefined
    return { status: timeline.now().getTime() - last.getTime() < pingLagMs ? 'Online' : 'ConnectionLost', at: last }
  }
  return {
    GetCalendarState: operation(
      'ssm',
      'GetCalendarState',
      z.strictObject({ CalendarNames: z.array(z.string()).check(z.minLength(1)) }),
      ({ CalendarNames }) => {
        const now = (timeline.now().getTime() - state.eventAt.getTime()) / 1000
        const found = CalendarNames.map((name) => {
          const calendar = state.world.calendars.find((each) => each.name === name.split('/').at(-1))
          if (!calendar) throw serviceError('InvalidDocument', `Document with name ${name} does not exist.`)
          return calendar
        })
        const closed = found
          .flatMap((calendar) => calendar.closed)
          .filter(({ fromSeconds, untilSeconds }) => now >= fromSeconds && now < untilSeconds)
        const until = Math.max(...closed.map(({ untilSeconds }) => untilSeconds))
        return {
          AtTime: timeline.now().toISOString(),
          State: closed.length > 0 ? 'CLOSED' : 'OPEN',
          ...(closed.length > 0
            ? { NextTransitionTime: new Date(state.eventAt.getTime() + until * 1000).toISOString() }
            : {}),
        }
      },
    ),
    SendCommand: operation(
      'ssm',
      'SendCommand',
      sendCommand,
      ({ DocumentName, InstanceIds, Parameters, Comment, TimeoutSeconds }) => {
        const script = DocumentName.startsWith(documentPrefix) ? DocumentName.slice(documentPrefix.length) : ''
        if (!scriptNames().includes(script))
          throw serviceError('InvalidDocument', `Document with name ${DocumentName} does not exist.`)
        const unknown = Object.keys(Parameters).filter((name) => !inputsOf(script).includes(name))
        if (unknown.length > 0)
          throw serviceError(
            'InvalidParameters',
            `Parameters ${unknown.join(', ')} are not defined in document ${DocumentName}.`,
          )
        const targets = InstanceIds.map((id) => {
          const host = state.hosts.get(id)
          const instance = state.instances.get(id)
          const managed =
            host !== undefined && pingOf(host) !== undefined && (instance === undefined || instance.state === 'running')
          if (!managed)
            throw serviceError(
              'InvalidInstanceId',
              `Instances [[${id}]] not in a valid state for account ${state.account}`,
            )
          return host
        })
        const id = state.newId('', 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
        for (const host of targets) {
          const command: Command = {
            id,
            document: DocumentName,
            instanceId: host.id,
            parameters: Object.fromEntries(Object.entries(Parameters).map(([name, values]) => [name, values[0] ?? ''])),
            comment: Comment ?? '',
            requestedAt: timeline.now(),
            status: 'Pending',
            details: 'Pending',
            stdout: '',
            stderr: '',
            exitCode: -1,
            startedAt: null,
          }
          state.commands.set(`${id} ${host.id}`, command)
          deliver(state, host, command, TimeoutSeconds ?? 3600)
        }
        return {
          Command: { CommandId: id, DocumentName, Comment, RequestedDateTime: timeline.now(), Status: 'Pending' },
        }
      },
    ),
    GetCommandInvocation: operation(
      'ssm',
      'GetCommandInvocation',
      z.strictObject({ CommandId: z.string(), InstanceId: z.string() }),
      ({ CommandId, InstanceId }) => {
        const command = state.commands.get(`${CommandId} ${InstanceId}`)
        // The invocation is there a moment after SendCommand answers.
        if (!command || timeline.now().getTime() - command.requestedAt.getTime() < invocationLagMs)
          throw serviceError('InvocationDoesNotExist', '')
        return {
          CommandId,
          InstanceId,
          Comment: command.comment,
          DocumentName: command.document,
          Status: command.status,
          StatusDetails: command.details,
          ResponseCode: command.exitCode,
          StandardOutputContent: command.stdout.slice(0, stdoutLimit),
          StandardErrorContent: command.stderr.slice(0, 8000),
          ExecutionStartDateTime: command.startedAt?.toISOString() ?? '',
        }
      },
    ),
    ListCommands: operation(
      'ssm',
      'ListCommands',
      z.strictObject({
        InstanceId: z.string(),
        Filters: z.array(z.strictObject({ key: z.literal('InvokedAfter'), value: z.string() })),
      }),
      ({ InstanceId, Filters }) => ({
        Commands: [...state.commands.values()]
          .filter(
            (command) =>
              command.instanceId === InstanceId && Filters.every(({ value }) => command.requestedAt >= new Date(value)),
          )
          .map(({ id, document, comment, requestedAt, status }) => ({
            CommandId: id,
            DocumentName: document,
            Comment: comment,
            RequestedDateTime: requestedAt,
            Status: status,
          })),
      }),
    ),
    DescribeInstanceInformation: operation(
      'ssm',
      'DescribeInstanceInformation',
      z.strictObject({
        Filters: z.array(z.strictObject({ Key: z.literal('InstanceIds'), Values: z.array(z.string()) })),
      }),
      ({ Filters }) => ({
        InstanceInformationList: Filters.flatMap(({ Values }) => Values).flatMap((InstanceId) => {
          const host = state.hosts.get(InstanceId)
          const ping = host && pingOf(host)
          return ping
            ? [
                {
                  InstanceId,
                  PingStatus: ping.status,
                  LastPingDateTime: ping.at,
                  AgentVersion: '3.3.3572.0',
                  PlatformType: 'Linux',
                },
              ]
            : []
        }),
      }),
    ),
  }
}
