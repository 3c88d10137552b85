import aslValidator from 'asl-validator'
import { describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import { errorNames } from '../../functions/domain/errors.ts'
import * as workflow from '../../functions/domain/workflow.ts'
import { functionTimeoutSeconds, handlerNames } from '../../infra/handlers.ts'
import { invokedFunctions, workflowNames } from '../../infra/workflow-functions.ts'
import { allStates, functionNameOf, type State, waitsForToken } from '../../local/engine/definition.ts'
import { preflight } from '../../local/engine/preflight.ts'
import { definition } from '../../local/replay/replay.ts'

const machine = definition()
const states = allStates(machine)
const tasks = states.filter(({ state }) => state.Type === 'Task')
const top = machine.States

/** Where a state may lead, on every path out of it. */
const successors = (state: State): string[] => [
  ...(state.Next ? [state.Next] : []),
  ...((state['Default'] as string | undefined) ? [state['Default'] as string] : []),
  ...((state.Choices ?? []) as { Next: string }[]).map(({ Next }) => Next),
  ...(state.Catch ?? []).map(({ Next }) => Next),
]

/** Step Functions' and Lambda's own error names; all others must be ours. */
const awsName = /^(States|Lambda|Sandbox|Runtime)\./

describe('the remediate workflow', () => {
  it('is valid Amazon States Language', () => {
    const copy = structuredClone(machine) as never
    const { isValid, errorsText } = aslValidator(copy, { checkArn: false, checkPaths: true })
    expect(isValid, errorsText('\n')).toBe(true)
  })

  it('holds no construct that the replay would run otherwise than AWS', () => {
    expect(preflight(machine)).toEqual([])
  })

  it.each(tasks)('$name calls a handler that exists', ({ state }) => {
    expect(handlerNames()).toContain(functionNameOf(state))
  })

  it('leaves no handler without a state, save those behind the decision URL and the closing rule', () => {
    const invoked = workflowNames.flatMap(invokedFunctions)
    expect(handlerNames().filter((name) => !invoked.includes(name))).toEqual(['close-incident', 'decide-approval'])
  })

  it.each(tasks)('$name waits longer than its function may run', ({ state }) => {
    if (waitsForToken(state)) return expect(state.TimeoutSecondsPath).toBe('$.plan.gate.timeoutSeconds')
    expect(state.TimeoutSeconds).toBeGreaterThan(functionTimeoutSeconds(functionNameOf(state)))
  })

  it.each(tasks)('$name retries throttling with jitter and catches everything, beside its input', ({ state }) => {
    const throttling = state.Retry?.find(({ ErrorEquals }) => ErrorEquals.includes('ThrottledError'))
    expect(throttling?.JitterStrategy).toBe('FULL')
    expect(state.Catch?.at(-1)?.ErrorEquals).toEqual(['States.ALL'])
    for (const { ResultPath } of state.Catch ?? []) expect(ResultPath).toBe('$.failure')
  })

  it.each(tasks.filter(({ state }) => !waitsForToken(state)))(
    '$name takes the state so far and returns it',
    ({ name, state }) => {
      const payload = state.Parameters?.['Payload.$'] ?? state.Parameters?.['Payload']
      expect(payload).toEqual(
        name === 'OpenIncident'
          ? { 'event.$': '$', 'execution.$': '$$.Execution.Id', 'startedAt.$': '$$.Execution.StartTime' }
          : '$',
      )
      expect(state.OutputPath).toBe('$.Payload')
    },
  )

  it('keeps the state beside the decision of a person', () => {
    const { RequestApproval } = top
    expect(RequestApproval?.ResultPath).toBe('$.decision')
    expect(RequestApproval).not.toHaveProperty('OutputPath')
    // A retry after a time-out would ask a person twice.
    expect(RequestApproval?.Retry?.flatMap(({ ErrorEquals }) => ErrorEquals)).not.toContain('States.Timeout')
  })

  it('names no error that no handler throws', () => {
    const named = tasks.flatMap(({ state }) =>
      [...(state.Retry ?? []), ...(state.Catch ?? [])].flatMap(({ ErrorEquals }) => ErrorEquals),
    )
    const ours = [...new Set(named.filter((name) => !awsName.test(name)))]
    expect(ours.filter((name) => !(errorNames as readonly string[]).includes(name))).toEqual([])
  })

  it('ends no path of an opened incident without report and release', () => {
    // From CollectEvidence on, whatever is taken away, the end is not reached.
    const reachesEnd = (without: string[]): boolean => {
      const seen = new Set<string>()
      const queue = ['CollectEvidence']
      for (let name = queue.shift(); name; name = queue.shift()) {
        if (seen.has(name) || without.includes(name)) continue
        seen.add(name)
        queue.push(...successors(top[name] as State))
      }
      return [...seen].some((name) => ['Succeed', 'Fail'].includes(top[name]?.Type ?? ''))
    }
    expect(reachesEnd([])).toBe(true)
    expect(reachesEnd(['PublishReport'])).toBe(false)
    expect(reachesEnd(['ReleaseIncident', 'ReleaseUnreported'])).toBe(false)
  })

  it('reads no path that the step contracts do not have', () => {
    const whole = z.toJSONSchema(
      z.extend(workflow.reported, { hostProbe: z.any(), recheck: workflow.rechecked.shape.recheck }),
      { unrepresentable: 'any' },
    ) as JsonSchema
    const opening = z.toJSONSchema(workflow.opened) as JsonSchema
    const wrong = states.flatMap(({ path, state }) =>
      pathsOf(state)
        .filter((each) => !exists(whole, each) && !exists(opening, each))
        .map((each) => `${path}: ${each}`),
    )
    expect(wrong).toEqual([])
  })
})

interface JsonSchema {
  properties?: Record<string, JsonSchema>
  items?: JsonSchema
  anyOf?: JsonSchema[]
  oneOf?: JsonSchema[]
}

/** Paths into the state that a state reads: not the result of its own call, and not the context. */
const pathsOf = (state: State): string[] => {
  const choice = JSON.stringify(state.Choices ?? []).matchAll(/"Variable":"(\$[^"]*)"/g)
  const direct = [state.SecondsPath, state.TimeoutSecondsPath, state.InputPath].filter(
    (path) => typeof path === 'string',
  )
  return [...[...choice].map(([, path]) => String(path)), ...direct].filter((path) => path !== '$')
}

const exists = (schema: JsonSchema, path: string): boolean => {
  const keys = path
    .slice(2)
    .split(/[.[\]]+/)
    .filter(Boolean)
  const walk = (at: JsonSchema, [key, ...rest]: string[]): boolean => {
    if (key === undefined) return true
    if (Object.keys(at).length === 0) return true
    const branches = [at, ...(at.anyOf ?? []), ...(at.oneOf ?? [])]
    return branches.some((branch) => {
      const next = /^\d+$/.test(key) ? branch.items : branch.properties?.[key]
      return next !== undefined && walk(next, rest)
    })
  }
  return walk(schema, keys)
}
