import type { Executions } from '../aws/executions.ts'
import type { IncidentRecord } from '../aws/incident-store.ts'
import type { PoolLedger } from '../aws/pool-ledger.ts'
import { subjectLabel } from '../domain/agent.ts'
import type { Swept } from '../domain/sweep.ts'
import { addSeconds } from '../domain/time.ts'
import { type CloseServices, closeIncident } from './close-incident.ts'
import { putBack } from './put-back.ts'
import { tellAgain } from './tell-again.ts'

export interface CloseLostServices extends CloseServices {
  executions: Executions
}

/** A fresh incident is its execution's own; the index may be a second or so behind. */
const graceSeconds = 120
/** What is beyond waits for the next sweep: the function has a minute. */
const atMost = 20

/**
 * Closes incidents whose execution no longer runs and whose closing event was lost, tells closing messages that nobody
 * could be told, gives agents back to their groups that an earlier plan left in Standby, and frees slots that a function
 * took just when its incident was closed. Whatever fails for one of them
 * does not keep the others waiting: the first failure is thrown when all were tried.
 */
export const closeLostIncidents =
  (services: CloseLostServices) =>
  async (state: Swept): Promise<Swept> => {
    const { incidents, clock } = services
    const before = addSeconds(clock.now(), -graceSeconds).toISOString()
    const old = (records: IncidentRecord[], at: 'openedAt' | 'closedAt') =>
      records.filter((record) => (record[at] ?? '') < before).slice(0, atMost)

    const open = [...(await incidents.listed('opening')), ...(await incidents.listed('open'))]
    const closed = await each(old(open, 'openedAt'), async (record) =>
      (await closeIfOver(record, services)) ? record.id : null,
    )
    const told = await each(old(await incidents.listed('untold'), 'closedAt'), async (record) =>
      (await tellAgain(record, services)) ? record.id : null,
    )
    const back = await each((await incidents.standbys()).slice(0, atMost), async ({ subject }) => {
      // Whoever holds the lease is still at it.
      const lease = await services.leases.read(subject)
      if (lease && lease.expiresAt > clock.now().toISOString()) return null
      return (await putBack(subject, services))?.done ? subjectLabel(subject) : null
    })
    const freed = await each(services.fleet.pools, async ({ account, region, name }) => {
      await freeOrphans({ account, region, pool: name }, services)
      return null
    })
    const [failure] = [...closed.failures, ...told.failures, ...back.failures, ...freed.failures]
    if (failure) throw failure
    return { ...state, closed: closed.done, told: told.done, putBack: back.done }
  }

const each = async <T>(items: T[], work: (item: T) => Promise<string | null>) => {
  const done: string[] = []
  const failures: unknown[] = []
  for (const item of items)
    try {
      const result = await work(item)
      if (result) done.push(result)
    } catch (error) {
      failures.push(error)
    }
  return { done, failures }
}

const freeOrphans = async (
  pool: Parameters<PoolLedger['incidents']>[0],
  { ledger, incidents }: CloseLostServices,
): Promise<void> => {
  for (const id of await ledger.incidents(pool)) {
    const record = await incidents.read(id)
    if (!record || record.closedAt) await ledger.freeIncident(pool, id)
  }
}

const closeIfOver = async (record: IncidentRecord, services: CloseLostServices): Promise<boolean> => {
  const found = await services.executions.read(record.execution)
  if (found?.status === 'RUNNING' || found?.status === 'PENDING_REDRIVE') return false
  if (found?.status === 'SUCCEEDED') return finish(record, found.output, services)
  await closeIncident(services)({
    detail: {
      executionArn: record.execution,
      status: found?.status ?? 'ABORTED',
      startDate: new Date(found?.startedAt ?? record.openedAt).getTime(),
      input: found?.input,
      error: found?.error,
      cause: found ? found.cause : 'Step Functions does not know the execution any more',
    },
  })
  return true
}

/** It told people and could not write its end down: the table was closed to it just then. */
const finish = async (
  { id, subject }: IncidentRecord,
  output: string | null,
  { incidents, clock }: CloseLostServices,
): Promise<boolean> => {
  const { report, diagnosis } = JSON.parse(output ?? '{}') as {
    report?: { outcome?: string }
    diagnosis?: { cause?: string }
  }
  const at = clock.now().toISOString()
  const message = {
    subject: `[agent-medic] ${id} is closed`,
    body: `Incident ${id} about ${subjectLabel(subject)} is closed: ${report?.outcome ?? 'its outcome is not known'}.`,
    chat: { title: `${id} is closed`, description: report?.outcome ?? 'outcome not known', nextSteps: [] },
    attributes: { kind: 'report' },
    dedupe: `${id}-report`,
  }
  await incidents.close(id, report?.outcome ?? 'failed', diagnosis?.cause ?? null, at, { topic: 'notices', message })
  return true
}
