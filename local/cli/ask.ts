import { createInterface } from 'node:readline/promises'
import type { Answer } from '../replay/decision.ts'

/** Who a person at this terminal is to the simulated account: the replay has no sign-in, and says so. */
const localIdentity = 'arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Replay_0123456789abcdef/terminal'

/** Asks on the terminal; the clock stands meanwhile. Anything but a yes rejects, an empty line lets it expire. */
export const askOnTerminal = async (): Promise<Answer | undefined> => {
  const terminal = createInterface({ input: process.stdin, output: process.stdout })
  try {
    const line = (await terminal.question('Approve? [y = approve, n <reason> = reject, empty = let it expire] ')).trim()
    if (line === '') return undefined
    if (/^y(es)?$/i.test(line)) return { verdict: 'approve', by: localIdentity }
    const reason = line.replace(/^n(o)?\s*/i, '')
    return { verdict: 'reject', by: localIdentity, ...(reason ? { reason } : {}) }
  } finally {
    terminal.close()
  }
}
