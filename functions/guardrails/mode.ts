import type { Guardrail } from './guardrail.ts'

/** The kill switch. `observe` and `off` stop every change; a mode that can't be read does too. */
export const mode: Guardrail = {
  name: 'mode',
  judge(_change, { mode: setting }) {
    if (setting.status === 'unreadable')
      return { verdict: 'refused', reason: `the kill switch could not be read: ${setting.reason}` }
    if (setting.mode === 'act') return { verdict: 'allowed' }
    return { verdict: 'refused', reason: `mode is ${setting.mode}${setting.reason ? `: ${setting.reason}` : ''}` }
  },
}
