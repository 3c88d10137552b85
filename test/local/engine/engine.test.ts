import { describe, expect, it } from 'vitest'
import { anEngine, aTask, aWait, named, start } from './an-engine.ts'

describe('engine API', () => {
  const waiting = { Settle: aWait(100, { Next: 'Work' }), Work: aTask('work') }

  it('joins a running execution of the same name and input, and refuses any other of that name', async () => {
    const { engine, clock, told } = anEngine(waiting)
    const begin = (input: unknown) => engine.startExecution({ name: 'a', input })
    const first = begin({ x: 1 })
    expect(begin({ x: 1 })).toEqual(first)
    expect(() => begin({ x: 2 })).toThrow(expect.objectContaining({ name: 'ExecutionAlreadyExists' }))
    await clock.until(first.finished)
    expect(() => begin({ x: 1 })).toThrow(expect.objectContaining({ name: 'ExecutionAlreadyExists' }))
    expect(told().filter((line) => line.includes('ExecutionStarted'))).toHaveLength(1)
  })

  it.each([
    ['InvalidName', 'with space', {}],
    ['InvalidName', 'a'.repeat(81), {}],
    ['InvalidExecutionInput', 'a', 'x'.repeat(262_144)],
    ['InvalidExecutionInput', 'a', undefined],
  ])('refuses a start with %s', (name, executionName, input) => {
    expect(() => anEngine(waiting).engine.startExecution({ name: executionName, input })).toThrow(
      expect.objectContaining({ name }),
    )
  })

  it('describes and lists executions, and knows no others', async () => {
    const { engine, run } = anEngine(waiting)
    const { executionArn } = engine.startExecution({ name: 'a', input: { x: 1 } })
    expect(engine.describeExecution(executionArn)).toEqual({
      executionArn,
      stateMachineArn: 'arn:aws:states:eu-central-1:111122223333:stateMachine:remediate',
      name: 'a',
      status: 'RUNNING',
      startDate: start,
      input: { x: 1 },
    })
    await run({ x: 2 }, 'b')
    expect(engine.listExecutions().map(({ name, status }) => [name, status])).toEqual([
      ['a', 'SUCCEEDED'],
      ['b', 'SUCCEEDED'],
    ])
    const unknown = expect.objectContaining({ name: 'ExecutionDoesNotExist' })
    expect(() => engine.describeExecution(`${executionArn}x`)).toThrow(unknown)
    expect(() => engine.stopExecution(`${executionArn}x`)).toThrow(unknown)
  })

  it('aborts an execution that is stopped, past every Catch, once', async () => {
    const { engine, clock, told } = anEngine(waiting)
    const { executionArn, finished } = engine.startExecution({ name: 'a', input: {} })
    clock.schedule(new Date('2026-03-01T02:00:40Z'), () =>
      engine.stopExecution(executionArn, 'KillSwitch', 'stopped by hand'),
    )
    expect(await clock.until(finished)).toMatchObject({
      status: 'ABORTED',
      error: 'KillSwitch',
      cause: 'stopped by hand',
    })
    engine.stopExecution(executionArn)
    await clock.whenIdle()
    expect(told().slice(1)).toEqual(['0 StateEntered Settle', '40 ExecutionAborted'])
  })

  it('aborts what still runs when it is closed', async () => {
    const { engine } = anEngine(waiting, { invoke: () => Promise.reject(named('Unexpected')) })
    const { finished } = engine.startExecution({ name: 'a', input: {} })
    await engine.close()
    expect(await finished).toMatchObject({ status: 'ABORTED' })
  })

  it('stops telling a listener that was removed', async () => {
    const { engine, run } = anEngine({ Done: { Type: 'Succeed' } })
    let told = 0
    const remove = engine.onEvent(() => {
      told += 1
    })
    remove()
    await run()
    expect(told).toBe(0)
  })
})
