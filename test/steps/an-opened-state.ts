import type { Subject } from '../../functions/domain/agent.ts'
import type { Opened } from '../../functions/domain/workflow.ts'
import { aboutAgent } from '../aws/a-platform.ts'

/** The state that OpenIncident returns, about one agent unless said otherwise. */
export const anOpenedState = (subject: Subject = aboutAgent()): Opened => ({
  opening: { decision: 'opened' },
  incident: {
    id: 'inc-20260301-0a1b2c3d',
    subject,
    signal: {
      eventId: 'event-1',
      kind: 'metric-alarm',
      subject,
      at: '2026-03-01T01:59:00.000Z',
      source: 'aws.cloudwatch',
      summary: 'The agent sends no heartbeat.',
      details: {},
    },
    openedAt: '2026-03-01T02:00:00.000Z',
    execution: 'arn:aws:states:eu-central-1:111122223333:execution:agent-medic-remediate:event-1',
    fence: 1,
    mode: 'act',
    depth: 0,
  },
  attempt: 1,
  attempts: [],
  marks: [],
})
