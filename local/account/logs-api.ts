import { serviceError } from './errors.ts'
import { type Operation, operation, z } from './input.ts'
import type { AccountState } from './state.ts'

const knownGroup = (state: AccountState, name: string): boolean =>
  [...state.hosts.values()].some(({ profile }) => profile.logGroup === name) || name.startsWith('/ecs/')

export const logsApi = (state: AccountState): Record<string, Operation> => ({
  FilterLogEvents: operation(
    'logs',
    'FilterLogEvents',
    z.strictObject({
      logGroupName: z.string(),
      logStreamNamePrefix: z.string().check(z.minLength(1)),
      startTime: z.int(),
    }),
    ({ logGroupName, logStreamNamePrefix, startTime }) => {
      if (!knownGroup(state, logGroupName))
        throw serviceError('ResourceNotFoundException', 'The specified log group does not exist.')
      const hosts = [...state.hosts.values()].filter(
        ({ id, profile }) => profile.logGroup === logGroupName && id.startsWith(logStreamNamePrefix),
      )
      return {
        events: hosts.flatMap((host) =>
          host.log
            // What the host could not ship when it was written is not there.
            .filter(({ at }) => at.getTime() >= startTime && host.reachable.was(at))
            .map(({ at, message }, index) => ({
              logStreamName: host.id,
              timestamp: at.getTime(),
              message,
              eventId: `${host.id}-${index}`,
            })),
        ),
      }
    },
  ),
})
