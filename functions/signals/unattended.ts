import { poolNameOf } from '../domain/agent.ts'
import { parse } from '../domain/parse.ts'
import { signalKind } from '../domain/signal.ts'
import { sweepDetail, sweepDetailType, sweepSource } from '../domain/sweep.ts'
import { poolsHere } from './places.ts'
import type { Reader } from './reader.ts'

/**
 * What the sweep found that no event brought, or that was suppressed before. It reaches the workflow by StartExecution
 * alone; the signal was read from an event or from AWS before, and its pool is looked up anew.
 */
export const unattended: Reader = {
  source: sweepSource,
  detailType: sweepDetailType,
  kinds: signalKind.options,
  hears: 'the sweep found what no event brought, or takes up a suppressed signal; its subject',
  async read(event, fleet) {
    const parsed = parse(sweepDetail, event.detail)
    if (!parsed.ok) return { outcome: 'rejected', reason: `detail of the sweep: ${parsed.problems.join('; ')}` }
    const { signal } = parsed.value
    const pool = poolNameOf(signal.subject)
    if (!poolsHere(fleet, event).some(({ name }) => name === pool))
      return { outcome: 'unknown-agent', reason: `fleet.json has no pool ${pool} in ${event.account} ${event.region}` }
    return { outcome: 'signal', signal: { ...signal, eventId: event.id } }
  },
}
