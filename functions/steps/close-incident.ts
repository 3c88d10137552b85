import * as z from 'zod/mini'
import type { AutoScalingGroups } from '../aws/auto-scaling-groups.ts'
import type { ControlStore } from '../aws/control-store.ts'
import type { IncidentRecord } from '../aws/incident-store.ts'
import type { Intent, LeaseStore } from '../aws/lease-store.ts'
import type { PoolLedger } from '../aws/pool-ledger.ts'
import type { RejectedEvents } from '../aws/rejected-events.ts'
import type { ActionKind, ActionResult } from '../domain/action.ts'
import { poolOf, subjectLabel } from '../domain/agent.ts'
import { type Incident, incidentIdOf } from '../domain/incident.ts'
import type { Reportable } from '../domain/workflow.ts'
import { type PublishServices, publishReport } from './publish-report.ts'
import { putBack } from './put-back.ts'
import { tellAgain } from './tell-again.ts'

export interface CloseServices extends PublishServices {
  leases: LeaseStore
  ledger: PoolLedger
  groups: AutoScalingGroups
  controls: ControlStore
  rejected: RejectedEvents
  /** How each kind of action is undone, for what the execution left half done. */
  undoOf(kind: ActionKind): string
}

const text = z.optional(z.nullable(z.string()))

/** "Step Functions Execution Status Change" (Step Functions guide, "EventBridge"): input is JSON text, null when too large. */
export const executionEnded = z.object({
  detail: z.object({
    executionArn: z.string().check(z.startsWith('arn:')),
    status: z.enum(['FAILED', 'TIMED_OUT', 'ABORTED']),
    startDate: z.number(),
    input: text,
    error: text,
    cause: text,
  }),
})
export type ExecutionEnded = z.infer<typeof executionEnded>['detail']

export interface Closing {
  /** `closed` by this call; `finished` by the execution itself; `never-opened`, its event is on the queue. */
  closing: 'closed' | 'finished' | 'never-opened'
  incidentId: string
}

/** Long enough to close, and short enough that a closing that dies blocks its agent no longer than three sweeps. */
const termSeconds = 900
/**
 * A function of the dead execution may still be about to make its change. Nobody follows on its agent until it is surely
 * over: longer than any function may run (test/model shows what comes of less).
 */
export const lingerSeconds = 90

/**
 * Closes what an execution left that failed, timed out or was stopped: no Catch of its own ran. The lease is taken over, so
 * that a function of that execution that still runs begins nothing more; an agent in Standby goes back to its group; the
 * report tells what is half done; slots are freed and the lease runs out even when nobody can be told. An execution that never came to
 * opening an incident has its event put on the queue of rejected events. Each part may be repeated.
 */
export const closeIncident =
  (services: CloseServices) =>
  async ({ detail }: { detail: ExecutionEnded }): Promise<Closing> => {
    const { executionArn, startDate } = detail
    const incidentId = incidentIdOf(executionArn, new Date(startDate))
    const record = await services.incidents.read(incidentId)
    if (!record) {
      await keepEvent(detail, services)
      return { closing: 'never-opened', incidentId }
    }
    const owner = `${executionArn}#closing`
    const taken = await services.leases.takeOver(record.subject, executionArn, owner, termSeconds)
    try {
      if (record.closedAt) await tellAgain(record, services)
      else await publishReport(services)(await lastState(record, detail, taken?.intents ?? [], services))
    } finally {
      // When nobody can be told the message stays with the incident for the sweep; the agent is not to stay locked for it.
      await services.ledger.freeIncident(poolOf(record.subject), incidentId)
      if (taken) await services.leases.extend(record.subject, owner, taken.lease.fence, lingerSeconds)
    }
    return { closing: record.closedAt ? 'finished' : 'closed', incidentId }
  }

/** OpenIncident itself failed: the event is kept with the reason, and its redrive is no repeat. */
const keepEvent = async (
  { executionArn, status, input, error, cause }: ExecutionEnded,
  { incidents, rejected }: CloseServices,
): Promise<void> => {
  const event = parsed(input)
  const reason = `the incident could not be opened: ${[error ?? status, cause].filter(Boolean).join(': ')}`
  await rejected.put(event ?? { input: 'too large for the status event; see the execution' }, reason, executionArn)
  const { id } = (event ?? {}) as { id?: unknown }
  if (typeof id === 'string') await incidents.unclaimEvent(id, executionArn)
}

const parsed = (input: string | null | undefined): unknown => {
  try {
    return input ? JSON.parse(input) : undefined
  } catch {
    return undefined
  }
}

/** The state as far as the table tells it: the execution's own is lost to us. */
const lastState = async (
  record: IncidentRecord,
  { status, error, cause }: ExecutionEnded,
  intents: Intent[],
  services: CloseServices,
): Promise<Reportable> => {
  const { id, subject, signal, openedAt, execution, fence = 0, mode = 'act', depth = 0 } = record
  const incident: Incident = { id, subject, signal, openedAt, execution, fence, mode, depth }
  const told = await putBack(subject, services)
  if (told)
    await services.incidents.note(id, { at: services.clock.now().toISOString(), phase: 'act', text: told.detail })
  // Step Functions names a machine's time-out like a task's, and outcomeOf takes that for the gate's.
  const name = status === 'TIMED_OUT' ? 'ExecutionTimedOut' : (error ?? status)
  return {
    opening: { decision: 'opened' },
    incident,
    attempt: 1,
    attempts: [],
    marks: [],
    failure: { Error: name, Cause: cause ?? `the execution ended as ${status}` },
    execution: {
      index: 0,
      status: 'failed',
      current: null,
      waitSeconds: 0,
      results: intents.map((intent) => begunBy(intent, record, services)),
    },
  }
}

const begunBy = (
  { actionId, kind, intendedAt, handle }: Intent,
  { subject }: IncidentRecord,
  { clock, undoOf }: CloseServices,
): ActionResult => ({
  id: actionId,
  kind,
  target: subjectLabel(subject),
  outcome: 'maybe-done',
  detail: handle
    ? 'it was started, and the execution ended before its end was written down'
    : 'its start was intended, and whether it was made is not known',
  startedAt: intendedAt,
  endedAt: clock.now().toISOString(),
  undo: undoOf(kind),
})
