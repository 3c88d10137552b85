import type { IncidentStore } from '../aws/incident-store.ts'
import type { Notifier } from '../aws/notifier.ts'
import type { Storms } from '../aws/storms.ts'
import type { Pool } from '../domain/fleet.ts'
import { advance, type Storm } from '../domain/storm.ts'
import type { Clock } from '../domain/time.ts'
import { type StormNews, stormMessage } from '../report/storm-message.ts'

export interface StormServices {
  storms: Storms
  incidents: IncidentStore
  notifier: Notifier
  clock: Clock
}

const tell = async (
  news: StormNews,
  storm: Storm,
  pool: Pool,
  { incidents, notifier, clock }: StormServices,
): Promise<void> => {
  const message = stormMessage(news, storm, pool)
  const at = clock.now().toISOString()
  if (await incidents.messageSent(storm.incidentId, message.dedupe)) return
  await notifier.publish(news === 'over' ? 'notices' : 'escalations', message)
  await incidents.markSent(storm.incidentId, message.dedupe, at)
  await incidents.note(storm.incidentId, { at, phase: 'report', text: message.subject })
}

/** The pool incident of a storm, told once. What fails or dies here is made up for by the sweep. */
export const openStorm = async (storm: Storm, pool: Pool, services: StormServices): Promise<void> => {
  const { account, region, name } = pool
  const { incidentId: id, signal, since: openedAt } = storm
  const subject = { kind: 'pool' as const, account, region, pool: name }
  await services.incidents.openStorm({ id, subject, signal, openedAt, execution: 'storm' })
  try {
    await tell('began', storm, pool, services)
  } catch (error) {
    // Agents are not left alone because nobody can be told just now.
    const text = `The storm could not be told: ${error instanceof Error ? error.message : String(error)}`
    await services.incidents.note(id, { at: services.clock.now().toISOString(), phase: 'report', text })
  }
}

/** Takes a pool's storm further: the next wave, another canary, or its end. */
export const advanceStorm = async (
  pool: Pool,
  works: (agent: string) => boolean,
  services: StormServices,
): Promise<void> => {
  const of = { account: pool.account, region: pool.region, pool: pool.name }
  const changed = await services.storms.change(of, (storm) => advance(storm, works, services.clock.now()))
  if (!changed) return
  const { before, after } = changed
  await openStorm(before, pool, services)
  if (after?.phase === 'halted') await tell('halted', after, pool, services)
  if (after) return
  await tell('over', before, pool, services)
  await services.incidents.closeStorm(before.incidentId, services.clock.now().toISOString())
}

/** An agent's incident has ended while its pool is in a storm: it is noted there, and told with the storm. */
export const noteInStorm = async (storm: Storm, pool: Pool, text: string, services: StormServices): Promise<void> => {
  const at = services.clock.now().toISOString()
  await services.incidents.note(storm.incidentId, { at, phase: 'report', text })
  if (storm.phase === 'halted') await tell('halted', storm, pool, services)
}
