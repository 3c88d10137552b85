import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AgentRef } from '../../functions/domain/agent.ts'
import type { Fleet, Pool } from '../../functions/domain/fleet.ts'
import type { Incident } from '../../functions/domain/incident.ts'
import { parseFleet, poolNamed } from '../../functions/domain/load-fleet.ts'
import type { Signal } from '../../functions/domain/signal.ts'
import type { Diagnosed, Opened } from '../../functions/domain/workflow.ts'
import { anEvidence } from './evidence.ts'

export const theFleet = (): Fleet =>
  parseFleet(JSON.parse(readFileSync(join(import.meta.dirname, '../../fleet.json'), 'utf8')))

/** A pool of fleet.json, with changes. */
export const aPool = (of: Partial<Pool> = {}, name = 'linux-builders'): Pool => ({
  ...poolNamed(theFleet(), name),
  ...of,
})

export const anAgent = (of: Partial<AgentRef> = {}): AgentRef => ({
  account: '111122223333',
  region: 'eu-central-1',
  pool: 'linux-builders',
  id: 'i-0a1b2c3d4e5f60001',
  model: 'ec2',
  ...of,
})

export const aSignal = (of: Partial<Signal> = {}): Signal => ({
  eventId: 'event-1',
  kind: 'heartbeat-missing',
  subject: { kind: 'agent', agent: anAgent() },
  at: '2026-01-15T02:03:11Z',
  source: 'aws.cloudwatch',
  summary: 'Alarm "heartbeat" is in ALARM',
  details: {},
  ...of,
})

export const anIncident = (of: Partial<Incident> = {}): Incident => ({
  id: 'inc-20260115-0a1b2c3d',
  subject: { kind: 'agent', agent: anAgent() },
  signal: aSignal(),
  openedAt: '2026-01-15T02:03:11.000Z',
  execution: 'arn:aws:states:eu-central-1:111122223333:execution:agent-medic-remediate:one',
  fence: 1,
  mode: 'act',
  depth: 0,
  ...of,
})

export const opened = (of: Partial<Opened> = {}): Opened => ({
  opening: { decision: 'opened' },
  incident: anIncident(),
  attempt: 1,
  attempts: [],
  marks: [],
  ...of,
})

export const diagnosed = (cause: Diagnosed['diagnosis']['cause'], of: Partial<Diagnosed> = {}): Diagnosed => ({
  ...opened(),
  evidence: anEvidence(),
  diagnosis: {
    cause,
    confidence: 0.9,
    scope: 'agent',
    explanation: 'because',
    facts: [],
    symptoms: [],
    findings: [],
    needs: [],
    round: 1,
  },
  ...of,
})
