import type { AutoScalingGroups } from '../aws/auto-scaling-groups.ts'
import type { ControlStore } from '../aws/control-store.ts'
import type { IncidentStore, StandbyMark } from '../aws/incident-store.ts'
import { type Subject, subjectKey } from '../domain/agent.ts'

export interface PutBackServices {
  incidents: IncidentStore
  groups: AutoScalingGroups
  controls: ControlStore
}

/**
 * Gives an agent back to its Auto Scaling group that an earlier plan left in Standby. Null when there is nothing to give
 * back. The caller holds the agent's lease, or knows that nobody does. Under the kill switch and in quarantine the agent
 * stays where it is, and the mark with it; a repeat finds it in service and clears the mark.
 */
export const putBack = async (
  subject: Subject,
  { incidents, groups, controls }: PutBackServices,
): Promise<{ done: boolean; detail: string } | null> => {
  const mark = await markOf(subject, incidents)
  if (!mark || subject.kind !== 'agent') return null
  const { agent } = subject
  const lifecycle = (await groups.membershipOf(agent))?.lifecycle
  if (lifecycle !== 'Standby' && lifecycle !== 'EnteringStandby') {
    await incidents.clearStandby(subject)
    return null
  }
  if (await incidents.quarantined(subject))
    return { done: false, detail: `${agent.id} stays in Standby: it is quarantined` }
  const { mode } = await controls.mode()
  if (mode !== 'act')
    return {
      done: false,
      detail: `${agent.id} is left in Standby of ${mark.group}, as mode is ${mode}; once it is act again, the sweep puts it back`,
    }
  if (lifecycle === 'EnteringStandby')
    return { done: false, detail: `${agent.id} still enters Standby of ${mark.group}; the sweep puts it back` }
  await groups.exitStandby(agent, mark.group)
  return { done: true, detail: `${agent.id} was given back to group ${mark.group}` }
}

const markOf = async (subject: Subject, incidents: IncidentStore): Promise<StandbyMark | undefined> => {
  const key = subjectKey(subject)
  return (await incidents.standbys()).find((mark) => subjectKey(mark.subject) === key)
}
