import { describe, expect, it } from 'vitest'
import { callsOf, unseenCalls } from '../../infra/calls.ts'
import { handlerNames } from '../../infra/handlers.ts'
import { replay } from '../../local/replay/replay.ts'
import { differences, resultOf } from '../../local/replay/result.ts'
import { loadScenario, scenarioNames } from '../../local/replay/scenario.ts'

const iamService: Record<string, string> = { 'auto-scaling': 'autoscaling', sfn: 'states' }
const made = new Map<string, Set<string>>()

describe('every scenario', () => {
  it.each(scenarioNames())('%s ends as its expected.json says', async (name) => {
    const scenario = loadScenario(name, {})
    const replayed = await replay(scenario)
    for (const { function: caller, service, operation } of replayed.calls)
      made.set(caller, (made.get(caller) ?? new Set()).add(`${iamService[service] ?? service}:${operation}`))
    expect(scenario.expected).not.toBeNull()
    expect(differences(resultOf(scenario, replayed), scenario.expected ?? { outcome: 'none' })).toEqual([])
    // Where nobody could be told, or nothing be written, a failed execution and its alarm are the channel that is left.
    const ends = scenario.expected?.outcome === 'failed' ? ['FAILED', 'SUCCEEDED'] : ['SUCCEEDED']
    for (const { status } of replayed.executions) expect(ends).toContain(status)
  })

  it.each(handlerNames())('%s makes no call that its policy does not grant', (name) => {
    const granted: readonly string[] = callsOf(name)
    expect([...(made.get(name) ?? [])].filter((call) => !granted.includes(call))).toEqual([])
  })

  it.each(handlerNames())('%s is granted no call that no scenario makes, save those with a reason', (name) => {
    const unseen = callsOf(name).filter((call) => !made.get(name)?.has(call))
    expect(unseen.slice().sort()).toEqual(Object.keys(unseenCalls[name] ?? {}).sort())
  })
})
