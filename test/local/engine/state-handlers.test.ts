import { describe, expect, it } from 'vitest'
import type { State } from '../../../local/engine/definition.ts'
import { aDefinition, anEngine, aTask, aWait, caught, failing, named, never, start } from './an-engine.ts'

const end = { Type: 'Succeed' }

describe('Parallel', () => {
  const branch = (name: string, rest: Partial<State> = {}) => aDefinition({ [name]: aTask(name.toLowerCase(), rest) })
  const both = (rest: Partial<State>, ...Branches: ReturnType<typeof branch>[]): State => ({
    Type: 'Parallel',
    Branches,
    ...(rest.Next ? {} : { End: true }),
    ...rest,
  })

  it('runs its branches side by side and joins their outputs in order', async () => {
    const { run, seconds, told, clock } = anEngine(
      {
        Both: both(
          { ResultSelector: { 'slow.$': '$[0]', 'quick.$': '$[1]' }, ResultPath: '$.evidence' },
          branch('Slow'),
          branch('Quick'),
        ),
      },
      {
        async invoke({ functionName }) {
          await clock.sleep(functionName === 'slow' ? 20_000 : 5000)
          return functionName
        },
      },
    )
    expect((await run({ kept: 1 })).output).toEqual({ kept: 1, evidence: { slow: 'slow', quick: 'quick' } })
    expect(seconds()).toBe(20)
    expect(told()).toEqual([
      '0 ExecutionStarted',
      '0 StateEntered Both',
      '0 StateEntered Slow',
      '0 StateEntered Quick',
      '5 StateExited Quick',
      '20 StateExited Slow',
      '20 StateExited Both',
      '20 ExecutionSucceeded',
    ])
  })

  it('fails with the error of the first branch that fails, and ends the others', async () => {
    const { run, told, seconds } = anEngine(
      {
        Both: both(
          { ...caught, Next: 'Caught' },
          aDefinition({ Settle: aWait(100, { Next: 'After' }), After: aTask('after') }),
          branch('Broken'),
        ),
        Caught: end,
      },
      { invoke: failing(named('CollectorError')) },
    )
    expect(await run({ kept: 1 })).toMatchObject({ output: { kept: 1, failure: { Error: 'CollectorError' } } })
    expect(seconds()).toBe(0)
    expect(told()).toEqual([
      '0 ExecutionStarted',
      '0 StateEntered Both',
      '0 StateEntered Settle',
      '0 StateEntered Broken',
      '0 TaskFailed Broken',
      '0 TaskFailed Both',
      '0 TaskCaught Both',
      '0 StateExited Both',
      '0 StateEntered Caught',
      '0 StateExited Caught',
      '0 ExecutionSucceeded',
    ])
  })

  it('keeps retries and Catch of a branch in the branch', async () => {
    const inBranch = aDefinition({
      Work: aTask('work', { Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 1 }], ...caught, Next: 'Caught' }),
      Caught: end,
    })
    const { run, seconds } = anEngine({ Both: both({}, inBranch) }, { invoke: failing(named('A'), named('B')) })
    expect(await run()).toMatchObject({ status: 'SUCCEEDED', output: [{ failure: { Error: 'B' } }] })
    expect(seconds()).toBe(1)
  })

  it('retries as a whole after its own delay', async () => {
    const { run, seconds } = anEngine(
      { Both: both({ Retry: [{ ErrorEquals: ['CollectorError'], IntervalSeconds: 30 }] }, branch('Work')) },
      { invoke: failing(named('CollectorError')) },
    )
    expect((await run()).status).toBe('SUCCEEDED')
    expect(seconds()).toBe(30)
  })

  it('ends with its execution, branches and sleepers too', async () => {
    const { engine, clock, seconds } = anEngine({ Both: both({}, branch('Work')) }, { invoke: never })
    const { executionArn, finished } = engine.startExecution({ name: 'a', input: {} })
    clock.schedule(start.getTime() + 10_000, () => engine.stopExecution(executionArn))
    expect(await clock.until(finished)).toMatchObject({ status: 'ABORTED' })
    await clock.whenIdle()
    expect(seconds()).toBe(10)
  })
})
