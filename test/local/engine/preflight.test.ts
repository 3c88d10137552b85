import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Definition, State } from '../../../local/engine/definition.ts'
import { preflight, UnreplayableDefinition } from '../../../local/engine/preflight.ts'
import { aDefinition, anEngine, aTask, aTokenTask, aWait } from './an-engine.ts'

const problemsOf = (state: State): string[] =>
  preflight(aDefinition({ Work: state })).map(({ path, problem, remedy }) => `${path}: ${problem}; ${remedy}`)

const withPayload = (payload: Record<string, unknown>) =>
  aTask('work', { Parameters: { FunctionName: 'work', Payload: payload } })
const all = { ErrorEquals: ['States.ALL'] }

describe('preflight', () => {
  it('accepts the workflow as it is written', () => {
    const definition = JSON.parse(readFileSync('state-machines/remediate.asl.json', 'utf8')) as Definition
    expect(preflight(definition)).toEqual([])
  })

  it.each<[string, State, string]>([
    ['JSONata', { ...aTask('work'), QueryLanguage: 'JSONata' }, 'QueryLanguage is ignored'],
    ['variables', aWait(1, { Assign: { a: 1 } }), 'Assign is ignored'],
    ['Map', { Type: 'Map', End: true }, 'type Map'],
    [
      'another resource',
      { ...aTask('work'), Resource: 'arn:aws:states:::sns:publish' },
      'Resource arn:aws:states:::sns:publish',
    ],
    [
      'a parameter of lambda:invoke that it drops',
      aTask('work', { Parameters: { FunctionName: 'work', InvocationType: 'Event' } }),
      'InvocationType',
    ],
    ['a Task without a function', aTask('work', { Parameters: {} }), 'name no function'],
    ['a Task without a time-out', (({ TimeoutSeconds: _none, ...task }) => task)(aTask('work')), 'no time-out'],
    ['a heartbeat over its time-out', aTask('work', { HeartbeatSeconds: 60 }), 'HeartbeatSeconds is not below'],
    [
      'a token handed to nobody',
      aTokenTask({ Parameters: { FunctionName: 'ask', 'Payload.$': '$' } }),
      'hands to nobody',
    ],
    ['a token where none is issued', withPayload({ 'token.$': '$$.Task.Token' }), 'where no token is issued'],
    ['the retry count', withPayload({ 'count.$': '$$.State.RetryCount' }), '$$.State.RetryCount is not served'],
    ['the whole context', withPayload({ 'context.$': '$$' }), '$$ is not served'],
    [
      'the entry time in a result',
      aTask('work', { ResultSelector: { 'at.$': '$$.State.EnteredTime' } }),
      'only while the state is entered',
    ],
    [
      'a state name inside a function',
      withPayload({ 'a.$': "States.Format('{}', $$.State.Name)" }),
      'not served inside a function',
    ],
    ['JsonMerge', withPayload({ 'a.$': 'States.JsonMerge($.a, $.b, false)' }), 'States.JsonMerge changes its input'],
    ['Base64', withPayload({ 'a.$': "States.Format('{}', States.Base64Encode($.a))" }), 'States.Base64Encode garbles'],
    ['a random function', withPayload({ 'a.$': 'States.UUID()' }), 'States.UUID gives another'],
    ['a path that may select several', withPayload({ 'a.$': '$.list[*].id' }), '$.list[*].id may select several'],
    ['such a path inside a function', withPayload({ 'a.$': 'States.ArrayLength($..id)' }), '$..id may select several'],
    [
      'such a path in a choice',
      { Type: 'Choice', Choices: [{ Not: { Variable: '$.a[?(@.b)]', IsPresent: true }, Next: 'Work' }] },
      'may select several',
    ],
    ['a ResultPath into a list', aWait(1, { ResultPath: '$.list[0]' }), 'ResultPath $.list[0]'],
    ['an empty Result', { Type: 'Pass', Result: false, End: true }, 'empty Result'],
    [
      'a question mark in StringMatches',
      { Type: 'Choice', Choices: [{ Variable: '$.a', StringMatches: 'a?', Next: 'Work' }] },
      '? in StringMatches',
    ],
    [
      'States.ALL beside others',
      aTask('work', { Retry: [{ ErrorEquals: ['A', 'States.ALL'] }] }),
      'beside other names in Retry',
    ],
    [
      'States.ALL before others',
      aTask('work', {
        Catch: [
          { ...all, Next: 'Work' },
          { ErrorEquals: ['A'], Next: 'Work' },
        ],
      }),
      'not last in Catch',
    ],
    [
      'a Catch of what ends the execution',
      aTask('work', { Catch: [{ ErrorEquals: ['States.DataLimitExceeded'], Next: 'Work' }] }),
      'names States.DataLimitExceeded',
    ],
    [
      'a Catch of States.BranchFailed',
      aTask('work', { Catch: [{ ErrorEquals: ['States.BranchFailed'], Next: 'Work' }] }),
      'names States.BranchFailed',
    ],
    [
      'States.TaskFailed in Catch',
      aTask('work', { Catch: [{ ErrorEquals: ['States.TaskFailed'], Next: 'Work' }] }),
      'would take States.Timeout too',
    ],
    [
      'States.TaskFailed on a Parallel',
      { Type: 'Parallel', Branches: [], Retry: [{ ErrorEquals: ['States.TaskFailed'] }], End: true },
      'no Task',
    ],
  ])('refuses %s, and says where and what to do', (_what, state, expected) => {
    expect(problemsOf(state)).toEqual([expect.stringMatching(/^States\.Work: .+; .+/)])
    expect(problemsOf(state)[0]).toContain(expected)
  })

  it.each<[string, State]>([
    ['paths to one place', withPayload({ 'a.$': "$['a-b'].c[0].d_e", 'b.$': '$$.Execution.Input.detail.id' })],
    ['dollars and commas in quoted text', withPayload({ 'a.$': "States.Format('costs $.5, {}', $.failure.Error)" })],
    ['a long wait', aWait(200 * 86_400)],
    [
      'a time-out caught before States.TaskFailed',
      aTask('work', {
        Catch: [
          { ErrorEquals: ['States.Timeout'], Next: 'Work' },
          { ErrorEquals: ['States.TaskFailed'], Next: 'Work' },
        ],
      }),
    ],
  ])('accepts %s', (_what, state) => {
    expect(problemsOf(state)).toEqual([])
  })

  it('refuses a name that stands twice, in branches too', () => {
    const definition = aDefinition({
      Both: { Type: 'Parallel', Branches: [aDefinition({ Work: aWait(1) })], Next: 'Work' },
      Work: aWait(1),
    })
    expect(preflight(definition)).toEqual([
      expect.objectContaining({ path: 'States.Work', problem: 'the name Work stands twice' }),
    ])
  })

  it('refuses another query language for the whole', () => {
    expect(preflight(aDefinition({ Work: aWait(1) }, { QueryLanguage: 'JSONata' }))).toEqual([
      { path: 'QueryLanguage', problem: 'JSONata is ignored by the engine', remedy: 'write JSONPath' },
    ])
  })
})

describe('createEngine', () => {
  const refusal = (definition: Definition): UnreplayableDefinition => {
    try {
      anEngine(definition)
    } catch (error) {
      if (error instanceof UnreplayableDefinition) return error
      throw error
    }
    throw new Error('the definition was accepted')
  }

  it('refuses a definition with all its problems at once', () => {
    const states = { First: aWait(1, { Assign: {}, Next: 'Second' }), Second: aTask('work', { HeartbeatSeconds: 90 }) }
    const { problems, message } = refusal(aDefinition(states))
    expect(problems.map(({ path }) => path)).toEqual(['States.First', 'States.Second'])
    expect(message).toContain('States.First: ')
    expect(message).toContain('States.Second: ')
  })

  it('refuses what is no valid definition', () => {
    expect(refusal(aDefinition({ First: aWait(1, { Next: 'Nowhere' }) })).message).toContain('Nowhere')
  })

  it('leaves the definition as it was', () => {
    const definition = aDefinition({ First: aWait(1) })
    const before = structuredClone(definition)
    anEngine(definition)
    expect(definition).toEqual(before)
  })
})
