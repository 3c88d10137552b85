import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { App, Stack } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import * as lambda from 'aws-cdk-lib/aws-lambda'
import * as sqs from 'aws-cdk-lib/aws-sqs'
import * as sfn from 'aws-cdk-lib/aws-stepfunctions'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { subjectLabel } from '../../functions/domain/agent.ts'
import { parseFleet } from '../../functions/domain/load-fleet.ts'
import { type Reading, signalKind } from '../../functions/domain/signal.ts'
import { readEvent } from '../../functions/signals/index.ts'
import { readers } from '../../functions/signals/readers.ts'
import { EventRules } from '../../infra/constructs/event-rules.ts'
import { GlobalEventsStack } from '../../infra/global-events-stack.ts'
import { delivered, type Target } from '../eventbridge/delivery.ts'
import { matchesPattern, type Pattern } from '../eventbridge/pattern.ts'
import { sampleEvent, samples } from './samples/index.ts'

interface Rule {
  name: string
  pattern: Pattern
  state: string
  target: Target
}

const fleet = parseFleet(JSON.parse(readFileSync(join(import.meta.dirname, '../../fleet.json'), 'utf8')))
const directory = { poolOfInstance: async () => 'linux-builders' }
const clock = { now: () => new Date('2026-01-15T02:03:12Z') }
const read = (event: unknown) => readEvent(event, fleet, directory, clock)
const env = { account: '111122223333', region: 'eu-central-1' }

const rulesOf = (stack: Stack): Rule[] =>
  Object.values(Template.fromStack(stack).findResources('AWS::Events::Rule'))
    .filter(({ Properties }) => Properties.EventPattern && !Properties.Name.endsWith('ExecutionDied'))
    .map(({ Properties }) => ({
      name: Properties.Name,
      pattern: Properties.EventPattern,
      state: Properties.State,
      target: Properties.Targets[0],
    }))

const regional = (): Rule[] => {
  const stack = new Stack(new App(), 'test', { env })
  const machine = (name: string) => sfn.StateMachine.fromStateMachineName(stack, name, `agent-medic-${name}`)
  new EventRules(stack, 'Events', {
    pools: fleet.pools,
    stateMachine: machine('remediate'),
    sweep: machine('sweep'),
    closing: lambda.Function.fromFunctionName(stack, 'Closing', 'agent-medic-close-incident'),
    deadLetters: new sqs.Queue(stack, 'DeadLetters'),
  })
  return rulesOf(stack)
}
const global = (): Rule[] =>
  rulesOf(new GlobalEventsStack(new App(), 'global', { env: { ...env, region: 'us-east-1' }, pools: fleet.pools }))

const here = regional()
const there = global()
const names = Object.keys(samples)
const matching = (rules: Rule[], event: object) =>
  rules.filter(({ pattern }) => matchesPattern(event as Pattern, pattern))
/** Rules that are not told to, see no Get, Describe and List. */
const hears = ({ state }: Rule, event: { detail: { readOnly?: boolean; eventName?: string } }): boolean =>
  state === 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS' ||
  !(event.detail.readOnly === true && /^(Get|Describe|List)/.test(event.detail.eventName ?? ''))
const takenBy = (event: { source: string; 'detail-type': string; detail: Record<string, unknown> }) =>
  readers.find(
    ({ source, detailType, takes }) =>
      (source === event.source || source === 'aws.*') &&
      detailType === event['detail-type'] &&
      (takes?.(event as never) ?? true),
  )
const signalsOf = (reading: Reading) => (reading.outcome === 'signal' ? [reading.signal, ...(reading.also ?? [])] : [])

describe('the samples', () => {
  it('are the files of their folder', () => {
    const files = readdirSync(join(import.meta.dirname, 'samples')).filter((file) => file.endsWith('.json'))
    expect(files.map((file) => file.slice(0, -5)).sort()).toEqual([...names].sort())
  })

  it.each(names)('%s is matched by exactly one rule, which sees it', (name) => {
    const event = sampleEvent(name)
    const matched = matching(here, event)
    expect(matched.map((rule) => rule.name)).toHaveLength(1)
    expect(matched.every((rule) => hears(rule, event))).toBe(true)
  })

  it.each(names)('%s, as its rule hands it over, is read as what it is', async (name) => {
    const event = sampleEvent(name)
    const [rule] = matching(here, event)
    const reading = await read(delivered(event, rule?.target ?? {}))
    const { kind, of } = samples[name] ?? { kind: 'ignored', of: [] }
    if (kind === 'ignored') return expect(reading.outcome).toBe('ignored')
    expect(reading).toMatchObject({ outcome: 'signal', signal: { kind, eventId: event.id } })
    expect(signalsOf(reading).map(({ subject }) => subjectLabel(subject).replace(/^pool /, ''))).toEqual(of)
  })

  it.each(here.map(({ name }) => name))('hold one for the rule %s', (name) => {
    expect(names.filter((each) => matching(here, sampleEvent(each)).some((rule) => rule.name === name))).not.toEqual([])
  })

  it.each(readers.filter(({ source }) => source.startsWith('aws.')).map((reader) => [reader.hears, reader] as const))(
    'feed the reader of: %s',
    (_hears, reader) => {
      const fed = names.map(sampleEvent).filter((event) => takenBy(event) === reader)
      expect(fed.flatMap((event) => matching(here, event))).not.toEqual([])
    },
  )

  it('hold every kind of signal but the one that no event tells', () => {
    const told = new Set(Object.values(samples).map(({ kind }) => kind))
    const scenarios = ['heartbeat-missing']
    expect(signalKind.options.filter((kind) => !told.has(kind) && !scenarios.includes(kind))).toEqual(['alarm-cleared'])
  })

  it.each(names.filter((name) => sampleEvent(name).region === 'us-east-1'))(
    '%s is handed on from us-east-1 by exactly one rule',
    (name) => {
      const event = sampleEvent(name)
      const matched = matching(there, event)
      expect(matched).toHaveLength(1)
      expect(matched.every((rule) => hears(rule, event))).toBe(true)
    },
  )

  it.each(names.filter((name) => sampleEvent(name).detail.eventSource && !samples[name]?.kind.startsWith('access')))(
    '%s starts nothing when AWS refused the call to somebody else',
    async (name) => {
      const event = sampleEvent(name)
      event.detail.errorCode = 'AccessDenied'
      expect(matching(here, event)).toEqual([])
      expect((await read({ ...event, region: 'eu-central-1' })).outcome).not.toBe('signal')
    },
  )

  // EC2's warnings to Spot instances name no account inside.
  const placed = names.filter((name) => JSON.stringify({ ...sampleEvent(name), account: '' }).includes('111122223333'))
  it.each(placed)('%s is rejected when its inside is of another account', async (name) => {
    const event = sampleEvent(name)
    const changed = JSON.parse(JSON.stringify(event).replaceAll('111122223333', '444455556666'))
    changed.account = '111122223333'
    expect((await read({ ...changed, region: 'eu-central-1' })).outcome).not.toBe('signal')
  })

  it.each(names)('%s never comes to more than text of one line, bounded, whatever stands in it', async (name) => {
    const event = sampleEvent(name)
    const dirty = JSON.parse(JSON.stringify(event), (key, value) =>
      typeof value === 'string' && /reason|message|summary|description|StatusMessage|latest/i.test(key)
        ? `\u202e${'x'.repeat(5000)}\r\nBcc: a@example.com`
        : value,
    )
    for (const { summary, details } of signalsOf(await read({ ...dirty, region: 'eu-central-1' }))) {
      expect(summary.length).toBeLessThanOrEqual(500)
      expect(Object.values(details).every((text) => text.length <= 1000)).toBe(true)
      expect(JSON.stringify([summary, details])).not.toMatch(/\\r|\\n|\u202e/)
    }
  })

  it.each(names)('%s throws for no change of a value at any depth, and each change has a reason', async (name) => {
    const event = sampleEvent(name)
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 400 }), fc.jsonValue({ maxDepth: 2 }), async (at, value) => {
        let count = 0
        const changed = JSON.parse(JSON.stringify(event), (_key, each) => (count++ === at ? value : each))
        const reading = await read(changed)
        if (reading.outcome !== 'signal') expect(reading.reason.length).toBeGreaterThan(0)
        else expect(signalKind.options).toContain(reading.signal.kind)
      }),
      { numRuns: 60 },
    )
  })
})
