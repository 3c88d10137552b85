import { describe, expect, it } from 'vitest'
import type { State } from '../../../local/engine/definition.ts'
import type { Invoke } from '../../../local/engine/task-attempt.ts'
import { anEngine, aTokenTask, aWait, caught, failing, named, start } from './an-engine.ts'

const end = { Type: 'Succeed' }

describe('waiting for a task token', () => {
  /** An engine whose `ask` keeps the tokens that it got, and lets `act` follow by virtual seconds. */
  const asking = (states: Record<string, State>, invoke?: Invoke) => {
    const tokens: string[] = []
    const made = anEngine(states, {
      async invoke(invocation) {
        const { token } = invocation.payload as { token: string }
        expect(invocation.taskToken).toBe(token)
        tokens.push(token)
        return invoke?.(invocation)
      },
    })
    const at = (seconds: number, act: (token: string) => void) =>
      made.clock.schedule(start.getTime() + seconds * 1000, () => act(tokens.at(-1) ?? ''))
    return { ...made, tokens, at }
  }
  const apiErrorOf = (act: () => void): string => {
    try {
      act()
    } catch (error) {
      return (error as Error).name
    }
    return 'none'
  }

  it('gives what SendTaskSuccess sent, not what the function returned', async () => {
    const { run, engine, at, seconds } = asking({ Ask: aTokenTask({ TimeoutSeconds: 3600 }) }, async () => 'asked')
    at(900, (token) => engine.sendTaskSuccess(token, '{"decision":"approved"}'))
    expect((await run({ plan: 1 })).output).toEqual({ plan: 1, answer: { decision: 'approved' } })
    expect(seconds()).toBe(900)
  })

  it('fails by what SendTaskFailure sent', async () => {
    const { run, engine, at } = asking({ Ask: aTokenTask() })
    at(10, (token) => engine.sendTaskFailure(token, 'Withdrawn', 'the plan was withdrawn'))
    expect(await run()).toMatchObject({ error: 'Withdrawn', cause: 'the plan was withdrawn' })
  })

  it('fails when the function fails, without waiting on', async () => {
    const { run, seconds } = asking({ Ask: aTokenTask() }, failing(named('NotificationError')))
    expect(await run()).toMatchObject({ error: 'NotificationError' })
    expect(seconds()).toBe(0)
  })

  it('tells a late answer that the task timed out', async () => {
    const { run, engine, at, tokens } = asking({
      Ask: aTokenTask({ ...caught, Next: 'Rest' }),
      Caught: aWait(100),
      Rest: end,
    })
    const late: string[] = []
    at(61, (token) => {
      late.push(apiErrorOf(() => engine.sendTaskSuccess(token, '{}')))
      late.push(apiErrorOf(() => engine.sendTaskHeartbeat(token)))
    })
    expect(await run()).toMatchObject({ output: { failure: { Error: 'States.Timeout' } } })
    expect([late, tokens.length]).toEqual([['TaskTimedOut', 'TaskTimedOut'], 1])
  })

  it('takes a token once, and names what is wrong with others as the service does', async () => {
    const { run, engine, at } = asking({ Ask: aTokenTask() })
    const errors: string[] = []
    at(10, (token) => {
      errors.push(apiErrorOf(() => engine.sendTaskSuccess(token, 'approved')))
      errors.push(apiErrorOf(() => engine.sendTaskSuccess(token, `"${'x'.repeat(262_144)}"`)))
      errors.push(apiErrorOf(() => engine.sendTaskSuccess('abc', '{}')))
      errors.push(apiErrorOf(() => engine.sendTaskSuccess(`${token}x`, '{}')))
      errors.push(apiErrorOf(() => engine.sendTaskSuccess(token, '{}')))
      errors.push(apiErrorOf(() => engine.sendTaskFailure(token)))
    })
    expect((await run()).status).toBe('SUCCEEDED')
    expect(errors).toEqual([
      'InvalidOutput',
      'ValidationException',
      'InvalidToken',
      'TaskDoesNotExist',
      'none',
      'TaskTimedOut',
    ])
  })

  it('issues a new token to each attempt and closes the old one', async () => {
    const Retry = [{ ErrorEquals: ['States.Timeout'], IntervalSeconds: 5 }]
    const { run, engine, at, tokens } = asking({ Ask: aTokenTask({ Retry }) })
    at(70, () => engine.sendTaskSuccess(tokens[1] ?? '', '"second"'))
    expect((await run()).output).toEqual({ answer: 'second' })
    expect(new Set(tokens).size).toBe(2)
    expect(apiErrorOf(() => engine.sendTaskSuccess(tokens[0] ?? '', '{}'))).toBe('TaskTimedOut')
  })

  it('closes the token of an execution that is stopped', async () => {
    const { engine, clock, at } = asking({ Ask: aTokenTask() })
    const { executionArn, finished } = engine.startExecution({ name: 'a', input: {} })
    const errors: string[] = []
    at(10, () => engine.stopExecution(executionArn))
    at(20, (token) => errors.push(apiErrorOf(() => engine.sendTaskSuccess(token, '{}'))))
    expect(await clock.until(finished)).toMatchObject({ status: 'ABORTED' })
    await clock.whenIdle()
    expect(errors).toEqual(['TaskTimedOut'])
  })

  it('lives by heartbeats, and fails when one stays away', async () => {
    const { run, engine, at, seconds } = asking({ Ask: aTokenTask({ TimeoutSeconds: 600, HeartbeatSeconds: 30 }) })
    at(20, (token) => engine.sendTaskHeartbeat(token))
    at(45, (token) => engine.sendTaskHeartbeat(token))
    expect(await run()).toMatchObject({ error: 'States.HeartbeatTimeout' })
    expect(seconds()).toBe(75)
  })

  it('takes the heartbeat from the input by HeartbeatSecondsPath', async () => {
    const { run, seconds } = asking({ Ask: aTokenTask({ TimeoutSeconds: 600, HeartbeatSecondsPath: '$.beat' }) })
    expect(await run({ beat: 40 })).toMatchObject({ error: 'States.HeartbeatTimeout' })
    expect(seconds()).toBe(40)
  })
})
