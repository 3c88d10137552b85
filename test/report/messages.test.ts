import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Reportable } from '../../functions/domain/workflow.ts'
import { buildReport } from '../../functions/report/build-report.ts'
import { cleanMarkdown, cleanSubject } from '../../functions/report/clean.ts'
import { renderMarkdown } from '../../functions/report/markdown.ts'
import { approvalMessage, reportMessage, topicOf } from '../../functions/report/messages.ts'
import { anAgent, anIncident, aPool, aSignal, diagnosed, opened } from '../builders/incident.ts'
import { planned } from '../builders/plan.ts'

const at = '2026-01-15T02:05:18.000Z'
const report = (state: Reportable) => buildReport(state, aPool(), [], at, 'reports')
const result = (of: object) => ({
  id: 'a',
  kind: 'reboot' as const,
  target: anAgent().id,
  outcome: 'succeeded' as const,
  detail: 'done',
  startedAt: at,
  endedAt: at,
  undo: 'start it again',
  ...of,
})
const passed = {
  status: 'passed' as const,
  startedAt: at,
  deadline: at,
  commandId: null,
  agentId: null,
  checks: [{ name: 'heartbeat', result: 'passed' as const, detail: 'seen 40 s ago' }],
  waitSeconds: 30,
}

describe('the report', () => {
  it('is recovered when the verification passed', () => {
    expect(report({ ...planned(), verification: passed }).outcome).toBe('recovered')
  })

  it.each([
    ['rejected', 'rejected'],
    ['expired', 'expired'],
  ] as const)('is %s when the person or the time said so', (decision, outcome) => {
    const state = planned({ route: 'ask', gate: { kind: 'approval', reason: 'gated', timeoutSeconds: 60 } })
    const by = decision === 'rejected' ? 'arn:aws:iam::111122223333:user/on-call' : null
    expect(report({ ...state, decision: { decision, by, at, reason: null, planHash: 'h' } }).outcome).toBe(outcome)
  })

  it('is refused when a guardrail refused, and names it', () => {
    const state = planned({
      route: 'refused',
      gate: { kind: 'refused', guardrail: 'blast-radius', reason: 'floor is 2' },
    })
    expect(report(state)).toMatchObject({ outcome: 'refused', reason: 'blast-radius: floor is 2' })
  })

  it('is failed when the workflow itself failed, at whatever stage', () => {
    const failure = { Error: 'ThrottledError', Cause: 'slow down' }
    expect(report({ ...opened(), failure })).toMatchObject({
      outcome: 'failed',
      reason: expect.stringContaining('ThrottledError'),
    })
    expect(report({ ...diagnosed('disk-full'), failure }).outcome).toBe('failed')
  })

  it('says what is half done and how to undo it when the kill switch stopped the plan', () => {
    const results = [
      result({ kind: 'enter-standby', undo: 'exit standby' }),
      result({ kind: 'reboot', outcome: 'blocked', detail: 'mode is off' }),
    ]
    const built = report({
      ...planned(),
      execution: { index: 1, status: 'stopped', current: null, results, waitSeconds: 0 },
    })
    expect(built.outcome).toBe('refused')
    expect(built.halfDone).toEqual(['enter-standby is done. Undo: exit standby'])
  })

  it('keeps the cause that the agent had, when it is healthy by now', () => {
    const attempts = [
      {
        number: 1,
        cause: 'disk-full' as const,
        confidence: 0.97,
        rung: 'free-disk-space',
        outcome: 'voided' as const,
        detail: '',
        actions: [],
        endedAt: at,
      },
    ]
    const state = {
      ...diagnosed('healthy-false-alarm', { attempts }),
      plan: {
        kind: 'verify' as const,
        route: 'verify' as const,
        cause: 'healthy-false-alarm' as const,
        rung: 'verify',
        reason: '',
        skipped: [],
      },
      verification: passed,
    }
    expect(report(state)).toMatchObject({ outcome: 'recovered', cause: 'disk-full' })
  })

  it('times each phase by the marks', () => {
    const marks = [
      { phase: 'open' as const, until: '2026-01-15T02:03:12.000Z' },
      { phase: 'collect' as const, until: '2026-01-15T02:03:22.000Z' },
      { phase: 'act' as const, until: '2026-01-15T02:03:52.000Z' },
      { phase: 'act' as const, until: '2026-01-15T02:04:02.000Z' },
    ]
    expect(report({ ...opened(), marks }).timing).toEqual({ open: 1, collect: 10, act: 40 })
  })
})

describe('the message of an incident', () => {
  const body = reportMessage(
    report({
      ...planned(),
      execution: {
        index: 0,
        status: 'done',
        current: null,
        results: [result({ kind: 'restart-service' })],
        waitSeconds: 0,
      },
      verification: passed,
    }),
  ).body

  it.each([
    'WHAT BROKE',
    'WHY WE BELIEVE SO',
    'WHAT WE DID',
    'CHECKS',
    'LINKS',
    'since 2026-01-15T02:03:11',
    'restart-service: succeeded',
    'session-manager',
    'To stop the medic',
  ])('tells %s', (words) => {
    expect(body).toContain(words)
  })

  it('calls a person for an agent that is left in trouble, and notes the rest', () => {
    expect(topicOf('escalated')).toBe('escalations')
    expect(topicOf('expired')).toBe('escalations')
    expect(topicOf('recovered')).toBe('notices')
  })
})

describe('the request for approval', () => {
  const state = planned({
    route: 'ask',
    gate: { kind: 'approval', reason: 'reboot is gated by default', timeoutSeconds: 3600 },
  })
  const message = approvalMessage(state, state.plan, aPool(), '2026-01-15T03:03:11.000Z')

  it('says what is asked, by when, and how to answer', () => {
    for (const words of [
      'npm run gate -- approve inc-',
      'npm run gate -- reject inc-',
      '2026-01-15T03:03:11',
      'Without an answer nothing is changed',
      'it ends running jobs',
    ])
      expect(message.body).toContain(words)
  })

  it('holds no link that decides anything', () => {
    expect(message.body).not.toMatch(/https?:\/\//)
  })
})

describe('text from outside', () => {
  const hostile = fc.string({ unit: 'binary', maxLength: 300 })

  it('never breaks a mail header', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(cleanSubject(text)).toMatch(/^[\x20-\x7e]{0,100}$/)
      }),
    )
  })

  it('never becomes markup, a mention or a link', () => {
    for (const text of [
      '<img src=x onerror=alert(1)>',
      '[click](https://example.com)',
      '@channel',
      '**bold**',
      '![x](y)',
    ]) {
      const shown = cleanMarkdown(text)
      expect(shown).not.toMatch(/<img|(?<!\\)\[click|@channel|(?<!\\)\*\*|(?<!\\)!\[/)
    }
  })

  it('stands in one line of the message, whatever the alarm is called', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const incident = anIncident({ signal: aSignal({ summary: text.slice(0, 400) }) })
        const built = report({ ...opened({ incident }) })
        const lines = reportMessage(built).body.split('\n')
        expect(lines[lines.indexOf('WHAT BROKE') + 2]).toMatch(/^ {2}since /)
        expect(renderMarkdown(built).split('\n')[4]).toMatch(/^\*\*Reported:\*\*/)
      }),
    )
  })
})
