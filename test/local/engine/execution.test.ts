import { describe, expect, it } from 'vitest'
import type { State } from '../../../local/engine/definition.ts'
import { aDefinition, anEngine, aTask, caught } from './an-engine.ts'

describe('limits of an execution', () => {
  const half = 'ü'.repeat(70_000)
  const caughtWork = aTask('work', { ...caught, Next: 'Caught' })
  const doubled = { 'a.$': '$.half', 'b.$': '$.half' }

  it.each<[string, Record<string, State>, string, string[]]>([
    ["a function's result", { Work: caughtWork }, 'The result of Work', ['work']],
    [
      "a task's input",
      { Work: { ...caughtWork, Parameters: { FunctionName: 'work', Payload: doubled } } },
      'The input of the task in Work',
      [],
    ],
    [
      "a state's output",
      { Big: { Type: 'Pass', Parameters: doubled, Next: 'Work' }, Work: caughtWork },
      'The output of Big',
      [],
    ],
    [
      "a branch's input",
      {
        Both: {
          Type: 'Parallel',
          Parameters: doubled,
          Branches: [aDefinition({ Work: aTask('work') })],
          ...caught,
          Next: 'Caught',
        },
      },
      'The input of the branches',
      [],
    ],
  ])(
    'end an execution for %s over 262,144 bytes, which States.ALL does not catch',
    async (_what, states, cause, called) => {
      const calls: string[] = []
      const { run } = anEngine(
        { ...states, Caught: { Type: 'Succeed' } },
        {
          async invoke({ functionName }) {
            calls.push(functionName)
            return half + half
          },
        },
      )
      expect(await run({ half })).toMatchObject({
        status: 'FAILED',
        error: 'States.DataLimitExceeded',
        cause: expect.stringMatching(new RegExp(`^${cause} has 28\\d{4} bytes`)),
      })
      expect(calls).toEqual(called)
    },
  )

  it('do not catch States.Runtime by States.ALL', async () => {
    const task = {
      ...aTask('work', { ...caught, Next: 'Caught' }),
      Parameters: { FunctionName: 'work', 'Payload.$': '$.absent' },
    }
    const { run } = anEngine({ Work: task, Caught: { Type: 'Succeed' } })
    expect(await run()).toMatchObject({
      status: 'FAILED',
      error: 'States.Runtime',
      cause: expect.stringContaining('$.absent'),
    })
  })

  it('end an endless loop when its history is full', async () => {
    const { run, engine } = anEngine({
      Again: { Type: 'Pass', Next: 'Enough' },
      Enough: { Type: 'Choice', Choices: [{ Variable: '$.enough', IsPresent: true, Next: 'Done' }], Default: 'Again' },
      Done: { Type: 'Succeed' },
    })
    const { executionArn, ...rest } = await run()
    expect(rest).toMatchObject({ status: 'FAILED', error: 'States.Runtime', cause: expect.stringContaining('25000') })
    expect(engine.stateTransitions(executionArn)).toBeLessThan(25_000)
  })

  it('time the whole execution out past every Catch', async () => {
    const states = {
      Work: aTask('work', { ...caught, TimeoutSeconds: 600, Next: 'Caught' }),
      Caught: { Type: 'Succeed' },
    }
    const { run, told } = anEngine(aDefinition(states, { TimeoutSeconds: 100 }), {
      invoke: () => new Promise(() => {}),
    })
    expect(await run()).toMatchObject({
      status: 'TIMED_OUT',
      error: 'States.Timeout',
      stopDate: new Date('2026-03-01T02:01:40Z'),
    })
    expect(told().slice(1)).toEqual(['0 StateEntered Work', '100 ExecutionTimedOut'])
  })
})
