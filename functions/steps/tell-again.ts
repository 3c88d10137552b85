import type { IncidentRecord, IncidentStore } from '../aws/incident-store.ts'
import type { Notifier } from '../aws/notifier.ts'
import type { Clock } from '../domain/time.ts'

export interface TellServices {
  incidents: IncidentStore
  notifier: Notifier
  clock: Clock
}

/** Tells the closing message of an incident that nobody could be told when it closed. True when it was told now. */
export const tellAgain = async (
  { id, untold }: IncidentRecord,
  { incidents, notifier, clock }: TellServices,
): Promise<boolean> => {
  if (!untold) return false
  const sent = await incidents.messageSent(id, untold.message.dedupe)
  if (!sent) {
    await notifier.publish(untold.topic, untold.message)
    await incidents.markSent(id, untold.message.dedupe, clock.now().toISOString())
  }
  await incidents.markTold(id)
  return !sent
}
