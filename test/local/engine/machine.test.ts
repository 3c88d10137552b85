import { describe, expect, it } from 'vitest'
import { aDefinition, anEngine, aTask, aWait, start } from './an-engine.ts'

describe('a run', () => {
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
