import aslValidator from 'asl-validator'
import { describe, expect, it } from 'vitest'
import { functionTimeoutSeconds, handlerNames } from '../../infra/handlers.ts'
import { allStates, functionNameOf } from '../../local/engine/definition.ts'
import { preflight } from '../../local/engine/preflight.ts'
import { definition } from '../../local/replay/replay.ts'

const machine = definition('sweep')
const tasks = allStates(machine).filter(({ state }) => state.Type === 'Task')

describe('the sweep', () => {
  it('is valid Amazon States Language that runs here as it does on AWS', () => {
    const { isValid, errorsText } = aslValidator(structuredClone(machine) as never, {
      checkArn: false,
      checkPaths: true,
    })
    expect(isValid, errorsText('\n')).toBe(true)
    expect(preflight(machine)).toEqual([])
  })

  it.each(tasks)('$name calls a handler that exists, and waits longer than it may run', ({ state }) => {
    expect(handlerNames()).toContain(functionNameOf(state))
    expect(state.TimeoutSeconds).toBeGreaterThan(functionTimeoutSeconds(functionNameOf(state)))
  })

  it.each(tasks)('$name goes on to the next step when it fails, and leaves the failure for the end', ({ state }) => {
    expect(state.Catch).toEqual([{ ErrorEquals: ['States.ALL'], ResultPath: '$.failure', Next: state.Next }])
    expect(state.Retry?.[0]).toMatchObject({ JitterStrategy: 'FULL' })
  })

  it('fails at its end when a step failed, so that its alarm fires', () => {
    expect(machine.States['RouteSweep']?.Choices).toEqual([
      { Variable: '$.failure', IsPresent: true, Next: 'SweepFailed' },
    ])
  })
})
