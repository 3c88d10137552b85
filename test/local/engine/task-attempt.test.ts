import { describe, expect, it } from 'vitest'
import { anEngine, aTask, caught, failing, named, never } from './an-engine.ts'

const end = { Type: 'Succeed' }

describe('failure of a Task', () => {
  it('gives Catch the error name and the JSON cause, beside the input', async () => {
    const { run, told } = anEngine(
      { Work: aTask('work', { ...caught, Next: 'Caught' }), Caught: end },
      { invoke: failing(named('FleetConfigurationError', 'the pool is unknown')) },
    )
    const { output } = await run({ kept: 1 })
    const { kept, failure } = output as { kept: number; failure: { Error: string; Cause: string } }
    expect([kept, failure.Error]).toEqual([1, 'FleetConfigurationError'])
    expect(JSON.parse(failure.Cause)).toEqual({
      errorMessage: 'the pool is unknown',
      errorType: 'FleetConfigurationError',
      trace: expect.arrayContaining([expect.stringContaining('the pool is unknown')]),
    })
    expect(failure.Cause).not.toContain(process.cwd())
    expect(told()).toEqual(expect.arrayContaining(['0 TaskFailed Work', '0 TaskCaught Work']))
  })

  it("gives Lambda's own errors with the plain sentence", async () => {
    const { run } = anEngine(
      { Work: aTask('work') },
      { invoke: failing(named('Lambda.TooManyRequestsException', 'Rate Exceeded.')) },
    )
    expect(await run()).toMatchObject({ error: 'Lambda.TooManyRequestsException', cause: 'Rate Exceeded.' })
  })

  it('shows a function that throws before it returns a promise in the same way', async () => {
    const { run } = anEngine(
      { Work: aTask('work') },
      {
        invoke: () => {
          throw named('Runtime.ImportModuleError')
        },
      },
    )
    expect(await run()).toMatchObject({ error: 'Runtime.ImportModuleError' })
  })
})

describe('time-out of a Task', () => {
  it('fires while the function never settles', async () => {
    const { run, told } = anEngine(
      { Work: aTask('work', { ...caught, Next: 'Caught' }), Caught: end },
      { invoke: never },
    )
    expect(await run()).toMatchObject({ output: { failure: { Error: 'States.Timeout', Cause: '' } } })
    expect(told()).toContain('60 TaskFailed Work')
  })

  it('comes from the input by TimeoutSecondsPath', async () => {
    const { TimeoutSeconds: _fixed, ...task } = aTask('work')
    const byPath = { Work: { ...task, TimeoutSecondsPath: '$.limit' } }
    const { run, seconds } = anEngine(byPath, { invoke: never })
    expect(await run({ limit: 600 })).toMatchObject({ error: 'States.Timeout' })
    expect(seconds()).toBe(600)
    expect(await anEngine(byPath).run({ limit: 'long' })).toMatchObject({
      error: 'States.Runtime',
      cause: 'TimeoutSeconds must be a positive integer, but is "long".',
    })
  })

  it('leaves the late function to go on in the world, unheard', async () => {
    const { run, clock, seconds, events } = anEngine(
      { Work: aTask('work', { ...caught, Next: 'Caught' }), Caught: end },
      {
        async invoke() {
          await clock.sleep(90_000)
          finishedAt = seconds()
          return 'late'
        },
      },
    )
    let finishedAt = 0
    expect(await run()).toMatchObject({ output: { failure: { Error: 'States.Timeout' } } })
    const told = events.length
    await clock.whenIdle()
    expect([finishedAt, events.length]).toEqual([90, told])
  })

  it('leaves no sleeper behind when the function is in time', async () => {
    const { run, clock, seconds } = anEngine({ Work: aTask('work') })
    await run()
    await clock.whenIdle()
    expect(seconds()).toBe(0)
  })
})
