import { GetCalendarStateCommand } from '@aws-sdk/client-ssm'
import type { Platform } from '../runtime/platform.ts'
import { ssmClient } from './clients.ts'
import { guarded } from './failures.ts'

/** Systems Manager Change Calendars, by the names or ARNs of their documents. */
export interface ChangeCalendars {
  /** Closed as soon as one of them is; `until` is the next transition, as far as the service tells it. */
  state(names: readonly string[]): Promise<{ open: boolean; until: string | null }>
}

export const ssmChangeCalendars = (platform: Platform): ChangeCalendars => ({
  async state(names) {
    const { State, NextTransitionTime } = await guarded(() =>
      ssmClient(platform).send(new GetCalendarStateCommand({ CalendarNames: [...names] })),
    )
    const until = NextTransitionTime ? new Date(NextTransitionTime) : null
    // Whatever is not OPEN is no permission.
    return { open: State === 'OPEN', until: until && !Number.isNaN(until.getTime()) ? until.toISOString() : null }
  },
})
