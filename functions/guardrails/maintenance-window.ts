import type { ChangeCalendars } from '../aws/change-calendars.ts'
import type { Pool } from '../domain/fleet.ts'
import { windowAt } from '../domain/maintenance.ts'
import type { Guardrail } from './guardrail.ts'

/** Why the pool is not to be changed now, and until when as far as that is known; null when it may be. */
export const closedBy = async (
  { maintenanceWindows, changeCalendars }: Pool,
  calendars: ChangeCalendars,
  now: Date,
): Promise<{ reason: string; until: string | null } | null> => {
  const window = windowAt(maintenanceWindows, now)
  if (window) return { reason: `maintenance window "${window.name}" until ${window.endsAt}`, until: window.endsAt }
  if (changeCalendars.length === 0) return null
  const { open, until } = await calendars.state(changeCalendars)
  if (open) return null
  return { reason: `change calendar ${changeCalendars.join(', ')} is closed${until ? ` until ${until}` : ''}`, until }
}

/** People work on the pool, or nothing may change: the medic keeps its hands off. A calendar that can't be read is closed. */
export const maintenanceWindow: Guardrail = {
  name: 'maintenance-window',
  judge(_change, { window }) {
    if (window.status === 'unreadable')
      return { verdict: 'refused', reason: `the change calendar could not be read: ${window.reason}` }
    return window.closed ? { verdict: 'refused', reason: window.closed.reason } : { verdict: 'allowed' }
  },
}
