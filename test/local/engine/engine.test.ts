import { describe, expect, it } from 'vitest'
import { aDefinition, anEngine, aTask, aWait, named, start } from './an-engine.ts'

describe('engine', () => {
  it('runs states in order and tells each with its virtual time', async () => {
    const { run, told, engine } = anEngine({
      Open: aTask('${OpenIncidentFunctionArn}', { Next: 'Settle' }),
      Settle: aWait(1000, { Next: 'Done' }),
      Done: { Type: 'Succeed' },
    })
    const result = await run({ agent: 'i-02573cafcfEXAMPLE' })
    expect(result).toMatchObject({
      executionArn: 'arn:aws:states:eu-central-1:111122223333:execution:remediate:run-1',
      status: 'SUCCEEDED',
      startDate: start,
      stopDate: new Date('2026-03-01T02:16:40.000Z'),
      output: { agent: 'i-02573cafcfEXAMPLE' },
    })
    expect(told()).toEqual(
      [
        '0 StateEntered Open',
        '0 StateExited Open',
        '0 StateEntered Settle',
        '1000 StateExited Settle',
        '1000 StateEntered Done',
        '1000 StateExited Done',
        '1000 ExecutionSucceeded',
      ].toSpliced(0, 0, '0 ExecutionStarted'),
    )
    expect(engine.stateTransitions(result.executionArn)).toBe(3)
  })

  it('gives the function its own copy, and the state the result that lambda:invoke gives', async () => {
    const calls: unknown[] = []
    const { OutputPath: _whole, ...task } = aTask('${OpenIncidentFunctionArn}')
    const { run } = anEngine(
      { Open: task },
      {
        async invoke(invocation) {
          calls.push(structuredClone(invocation))
          Object.assign(invocation.payload as object, { changed: true })
          return { opened: new Date(0) }
        },
      },
    )
    const { output, input } = await run({ id: 1 })
    expect(calls).toEqual([
      {
        functionName: 'open-incident',
        payload: { id: 1 },
        executionArn: 'arn:aws:states:eu-central-1:111122223333:execution:remediate:run-1',
        stateName: 'Open',
      },
    ])
    expect(input).toEqual({ id: 1 })
    expect(output).toEqual({
      ExecutedVersion: '$LATEST',
      Payload: { opened: '1970-01-01T00:00:00.000Z' },
      SdkHttpMetadata: { HttpStatusCode: 200 },
      StatusCode: 200,
    })
  })

  it('calls the function that a substitution names', async () => {
    const called: string[] = []
    const { run } = anEngine(
      { Open: aTask('${Open}') },
      { substitutions: { Open: 'open-v2' }, invoke: async ({ functionName }) => void called.push(functionName) },
    )
    await run()
    expect(called).toEqual(['open-v2'])
  })

  it('serves the context object, in branches too', async () => {
    const { run } = anEngine({
      Pause: aWait(5, { Next: 'Both' }),
      Both: {
        Type: 'Parallel',
        Parameters: { 'part.$': '$.part' },
        Branches: [
          aDefinition({
            Show: {
              Type: 'Pass',
              Parameters: {
                'id.$': '$$.Execution.Id',
                'name.$': '$$.Execution.Name',
                'input.$': '$$.Execution.Input',
                'part.$': '$$.Execution.Input.part',
                'started.$': '$$.Execution.StartTime',
                'entered.$': '$$.State.EnteredTime',
                'state.$': '$$.State.Name',
                'machine.$': '$$.StateMachine.Id',
              },
              End: true,
            },
          }),
        ],
        OutputPath: '$[0]',
        End: true,
      },
    })
    expect((await run({ part: 'x', rest: 'y' })).output).toEqual({
      id: 'arn:aws:states:eu-central-1:111122223333:execution:remediate:run-1',
      name: 'run-1',
      input: { part: 'x', rest: 'y' },
      part: 'x',
      started: '2026-03-01T02:00:00.000Z',
      entered: '2026-03-01T02:00:05.000Z',
      state: 'Show',
      machine: 'arn:aws:states:eu-central-1:111122223333:stateMachine:remediate',
    })
  })

  it.each([
    ['SecondsPath', { SecondsPath: '$.seconds' }, 90],
    ['TimestampPath', { TimestampPath: '$.at' }, 3600],
    ['Timestamp', { Timestamp: '2026-03-01T02:00:30Z' }, 30],
    ['a timestamp that has passed', { Timestamp: '2026-01-01T00:00:00Z' }, 0],
  ])('waits by %s and passes its input on', async (_name, wait, expected) => {
    const { run, seconds } = anEngine({ Settle: { Type: 'Wait', ...wait, End: true } })
    const input = { seconds: 90, at: '2026-03-01T03:00:00Z' }
    expect((await run(input)).output).toEqual(input)
    expect(seconds()).toBe(expected)
  })

  it('fails a wait whose path gives no whole number with States.Runtime', async () => {
    const { run } = anEngine({ Settle: { Type: 'Wait', SecondsPath: '$.seconds', End: true } })
    expect(await run({ seconds: 'soon' })).toMatchObject({ status: 'FAILED', error: 'States.Runtime' })
  })

  it('interleaves executions in the same order every time', async () => {
    const once = async () => {
      const { engine, clock, events, seconds } = anEngine(
        { Work: aTask('work', { Next: 'Settle' }), Settle: aWait(10, { Next: 'Check' }), Check: aTask('check') },
        {
          async invoke({ payload }) {
            await clock.sleep((payload as { takes: number }).takes)
            return payload
          },
        },
      )
      const begin = (name: string, takes: number) => engine.startExecution({ name, input: { takes } }).finished
      await clock.until(Promise.all([begin('slow', 3000), begin('quick', 1000), begin('same', 1000)]))
      return events.map(
        ({ executionArn, type, state, at }) => `${executionArn.split(':').at(-1)} ${seconds(at)} ${type} ${state}`,
      )
    }
    const first = await once()
    expect(await once()).toEqual(first)
    expect(first.filter((line) => line.includes('StateEntered Check'))).toEqual([
      'quick 11 StateEntered Check',
      'same 11 StateEntered Check',
      'slow 13 StateEntered Check',
    ])
  })

  it('ends a bare Fail state without error and cause, and a written one with both', async () => {
    expect(await anEngine({ End: { Type: 'Fail' } }).run()).not.toHaveProperty('error')
    const { run, events } = anEngine({ End: { Type: 'Fail', Error: 'OpeningFailed', Cause: 'for good' } })
    expect(await run()).toMatchObject({ status: 'FAILED', error: 'OpeningFailed', cause: 'for good' })
    expect(events.at(-1)).toMatchObject({ type: 'ExecutionFailed', error: 'OpeningFailed', cause: 'for good' })
  })

  it('keeps the whole result where ResultPath is $', async () => {
    const { run } = anEngine({ Set: { Type: 'Pass', Result: { set: true }, ResultPath: '$', End: true } })
    expect((await run({ before: 1 })).output).toEqual({ set: true })
  })

  it('rejects when a listener fails, instead of hiding it', async () => {
    const { engine, clock } = anEngine({ Done: { Type: 'Succeed' } })
    engine.onEvent(({ type }) => {
      if (type === 'StateEntered') throw new Error('the listener broke')
    })
    await expect(clock.until(engine.startExecution({ name: 'a', input: {} }).finished)).rejects.toThrow(
      'the listener broke',
    )
  })
})

describe('engine limits', () => {
  const catchesAll = { Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }] }
  const large = 'ü'.repeat(140_000)

  it.each([
    ['a result', { Work: aTask('work', { ...catchesAll, Next: 'Caught' }) }, async () => large],
    [
      'an input',
      {
        Big: { Type: 'Pass', Parameters: { 'a.$': '$.half', 'b.$': '$.half' }, Next: 'Work' },
        Work: aTask('work', { ...catchesAll, Next: 'Caught' }),
      },
      async () => 'small',
    ],
  ])('ends an execution for %s over 262,144 bytes, which States.ALL does not catch', async (_what, states, invoke) => {
    const calls: string[] = []
    const { run } = anEngine(
      { ...states, Caught: { Type: 'Succeed' } },
      {
        async invoke({ functionName }) {
          calls.push(functionName)
          return invoke()
        },
      },
    )
    expect(await run({ half: 'ü'.repeat(70_000) })).toMatchObject({
      status: 'FAILED',
      error: 'States.DataLimitExceeded',
      cause: expect.stringMatching(/28\d\d\d\d bytes/),
    })
    expect(calls).toEqual(_what === 'a result' ? ['work'] : [])
  })

  it('does not catch States.Runtime by States.ALL', async () => {
    const task = {
      ...aTask('work', { ...catchesAll, Next: 'Caught' }),
      Parameters: { FunctionName: 'work', 'Payload.$': '$.absent' },
    }
    const { run } = anEngine({ Work: task, Caught: { Type: 'Succeed' } })
    expect(await run()).toMatchObject({
      status: 'FAILED',
      error: 'States.Runtime',
      cause: expect.stringContaining('$.absent'),
    })
  })

  it('ends an endless loop when its history is full', async () => {
    const { run, engine } = anEngine({ Again: { Type: 'Pass', Next: 'Settle' }, Settle: aWait(1, { Next: 'Again' }) })
    const { executionArn, ...rest } = await run()
    expect(rest).toMatchObject({ status: 'FAILED', error: 'States.Runtime', cause: expect.stringContaining('25000') })
    expect(engine.stateTransitions(executionArn)).toBeLessThan(25_000)
  })

  it('times the whole execution out past every Catch', async () => {
    const states = {
      Work: aTask('work', { ...catchesAll, TimeoutSeconds: 600, Next: 'Caught' }),
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
