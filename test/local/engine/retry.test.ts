import { describe, expect, it } from 'vitest'
import { anEngine, aTask, failing, named, never } from './an-engine.ts'

describe('retry of a Task', () => {
  const retriers = [
    { ErrorEquals: ['ThrottledError'], IntervalSeconds: 2, BackoffRate: 3, MaxAttempts: 3, MaxDelaySeconds: 10 },
    { ErrorEquals: ['States.ALL'], IntervalSeconds: 1, MaxAttempts: 1 },
  ]
  const throttled = () => named('ThrottledError')

  it('takes exactly its delays: interval, back-off, and no more than the longest', async () => {
    const { run, told, engine } = anEngine(
      { Work: aTask('work', { Retry: retriers }) },
      { invoke: failing(throttled(), throttled(), throttled()) },
    )
    const { executionArn, status } = await run()
    expect(status).toBe('SUCCEEDED')
    expect(told().slice(1)).toEqual([
      '0 StateEntered Work',
      '0 TaskFailed Work',
      '2 TaskRetried Work',
      '2 TaskFailed Work',
      '8 TaskRetried Work',
      '8 TaskFailed Work',
      '18 TaskRetried Work',
      '18 StateExited Work',
      '18 ExecutionSucceeded',
    ])
    expect(engine.stateTransitions(executionArn)).toBe(4)
  })

  it('counts attempts by retrier, and fails by the last error when one is used up', async () => {
    const { run, seconds } = anEngine(
      { Work: aTask('work', { Retry: retriers }) },
      { invoke: failing(throttled(), named('TransientError'), throttled(), named('TransientError')) },
    )
    expect(await run()).toMatchObject({ status: 'FAILED', error: 'TransientError' })
    expect(seconds()).toBe(2 + 1 + 6)
  })

  it('takes a share of the delay by the randomness passed in where the jitter is full', async () => {
    const Retry = [{ ErrorEquals: ['States.TaskFailed'], IntervalSeconds: 8, JitterStrategy: 'FULL' as const }]
    const { run, seconds } = anEngine(
      { Work: aTask('work', { Retry }) },
      { invoke: failing(throttled()), random: () => 0.25 },
    )
    await run()
    expect(seconds()).toBe(2)
  })

  it('retries nothing with MaxAttempts 0, and no time-out by States.TaskFailed', async () => {
    const none = anEngine(
      { Work: aTask('work', { Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 0 }] }) },
      { invoke: failing(throttled()) },
    )
    expect(await none.run()).toMatchObject({ error: 'ThrottledError' })
    const late = anEngine(
      { Work: aTask('work', { Retry: [{ ErrorEquals: ['States.TaskFailed'] }] }) },
      { invoke: never },
    )
    expect(await late.run()).toMatchObject({ error: 'States.Timeout' })
    expect(late.seconds()).toBe(60)
  })
})
