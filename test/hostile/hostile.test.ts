import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { clean, cleanMarkdown, cleanSubject } from '../../functions/report/clean.ts'
import { readEvent } from '../../functions/signals/index.ts'
import { cleanText } from '../../functions/signals/text.ts'
import type { CallRecord } from '../../local/account/seam.ts'
import { type Replayed, replay } from '../../local/replay/replay.ts'
import { loadScenario, type Scenario } from '../../local/replay/scenario.ts'
import { theFleet } from '../builders/incident.ts'
import { hostileText, nested } from './hostile.ts'

// biome-ignore lint/suspicious/noControlCharactersInRegex: that there are none is the point.
const control = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/
const runs = { seed: 20260115, numRuns: 300 }
const clock = { now: () => new Date('2026-01-15T02:03:12.000Z') }
const directory = { poolOfInstance: async () => 'linux-builders' }

describe('text from outside', () => {
  it('becomes one bounded line without control characters and without its secrets', () => {
    fc.assert(
      fc.property(hostileText, ({ text, secrets }) => {
        const line = cleanText(text, 500)
        expect(line.length).toBeLessThanOrEqual(500)
        expect(line).not.toMatch(control)
        expect(line).not.toMatch(/[\r\n]/)
        for (const each of secrets) expect(line).not.toContain(each)
      }),
      runs,
    )
  })

  it('makes no second header, no markup and no mention where it is shown', () => {
    fc.assert(
      fc.property(hostileText, ({ text, secrets }) => {
        const subject = cleanSubject(text)
        expect(subject).toMatch(/^[\x20-\x7e]{0,100}$/)
        const markdown = cleanMarkdown(text)
        expect(markdown).not.toMatch(/(^|[^\\])\]\(/)
        expect(markdown).not.toContain('<')
        expect(markdown).not.toMatch(/@(?!\u200b)/)
        for (const shown of [subject, clean(text)]) for (const each of secrets) expect(shown).not.toContain(each)
      }),
      runs,
    )
  })

  it('nested as deep as it comes ends as a reading with a reason', async () => {
    for (const depth of [10, 1000, 5000]) {
      const event = { ...loadScenario('service-stopped', {}).event, detail: nested(depth) }
      expect((await readEvent(event, theFleet(), directory, clock)).outcome).toBe('rejected')
    }
    const polluted = JSON.parse('{"__proto__":{"source":"aws.ec2"},"detail":{}}') as unknown
    expect((await readEvent(polluted, theFleet(), directory, clock)).outcome).toBe('rejected')
    expect(({} as { source?: string }).source).toBeUndefined()
  })
})

/** A remediation in which everybody who may write text writes this one: the alarm, its reason, the agent's log, the person. */
const poisoned = (text: string): Scenario => {
  const scenario = loadScenario('ssm-unreachable', {})
  const event = structuredClone(scenario.event) as {
    resources: string[]
    detail: { alarmName: string; state: { reason: string } }
  }
  event.detail.alarmName = text.slice(0, 255)
  event.resources = [`arn:aws:cloudwatch:eu-central-1:111122223333:alarm:${event.detail.alarmName}`]
  event.detail.state.reason = text
  const [first, ...others] = scenario.world.agents
  const agents = first
    ? [{ ...first, faults: [...first.faults, { kind: 'log-line' as const, message: text }] }, ...others]
    : []
  return {
    ...scenario,
    event: event as never,
    world: {
      ...scenario.world,
      agents,
      decision: {
        kind: 'reject',
        by: 'arn:aws:iam::111122223333:user/on-call',
        afterSeconds: 60,
        reason: text.slice(0, 400),
      },
    },
  }
}

/** Everything that people and programs read afterwards; the raw event itself stays in the execution's own input. */
const leftBehind = ({ messages, reports, executions, events, left }: Replayed, logged: string): string =>
  JSON.stringify([
    messages,
    reports,
    executions.map(({ output }) => output),
    events.filter(({ type }) => type === 'StateExited').map(({ output }) => output),
    left?.items,
    logged,
  ])

const commandsOf = (calls: CallRecord[]) => calls.filter(({ operation }) => operation === 'SendCommand')

describe('a remediation under hostile input', () => {
  it('shows no secret in any message, report, log, state or record, and takes no text for a command', async () => {
    await fc.assert(
      fc.asyncProperty(hostileText, async ({ text, secrets }) => {
        const logged: string[] = []
        const spy = vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => logged.push(String(chunk)) > 0)
        let replayed: Replayed
        try {
          replayed = await replay(poisoned(text), { inspect: true, logs: true })
        } finally {
          spy.mockRestore()
        }
        expect(logged.join('')).toContain('step finished')
        const all = leftBehind(replayed, logged.join(''))
        for (const each of secrets) expect(all).not.toContain(each)
        for (const { subject } of replayed.messages) expect(subject).toMatch(/^[\x20-\x7e]{1,100}$/)
        for (const { body } of replayed.messages) expect(body).not.toMatch(control)
        expect(replayed.executions[0]?.status).toBe('SUCCEEDED')
        expect(commandsOf(replayed.calls).every(({ outcome }) => outcome === 'ok')).toBe(true)
      }),
      { seed: 20260115, numRuns: 25 },
    )
  })
})
