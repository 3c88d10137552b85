import { describe, expect, it } from 'vitest'
import { dynamoStorms } from '../../functions/aws/storms.ts'
import { aSignal } from '../builders/incident.ts'
import { anAgent } from './a-platform.ts'
import { useTable } from './a-table.ts'

const { aTable } = useTable()
let number = 0
const aPoolOf = () => {
  number += 1
  const { table, clock } = aTable()
  const agent = (index: number) => anAgent({ id: `i-${index}`, pool: `stormy-${number}` })
  const storms = dynamoStorms(table, clock)
  return { storms, agent, clock, arrive: (index: number) => storms.arrive(agent(index), 3, aSignal()) }
}

describe('agents of a pool in trouble', () => {
  it('are a storm from the third on, and the first of them is the canary', async () => {
    const { arrive, clock } = aPoolOf()
    expect(await arrive(1)).toEqual({ storm: null, began: false })
    clock.forward(5)
    expect(await arrive(2)).toEqual({ storm: null, began: false })
    clock.forward(5)
    expect(await arrive(3)).toMatchObject({ began: true, storm: { canary: 'i-1', seen: ['i-1', 'i-2', 'i-3'] } })
    expect(await arrive(4)).toMatchObject({ began: false, storm: { seen: ['i-1', 'i-2', 'i-3', 'i-4'] } })
  })

  it('are counted once each, and forgotten after ten minutes', async () => {
    const { arrive, clock } = aPoolOf()
    await arrive(1)
    expect((await arrive(1)).storm).toBeNull()
    await arrive(2)
    clock.forward(600)
    expect((await arrive(3)).storm).toBeNull()
  })

  it('make one storm when they come at once', async () => {
    const { arrive, storms, agent } = aPoolOf()
    const answers = await Promise.all([1, 2, 3, 4, 5, 6].map(arrive))
    expect(answers.filter(({ began }) => began)).toHaveLength(1)
    expect((await storms.read(agent(1)))?.seen.slice().sort()).toEqual(['i-1', 'i-2', 'i-3', 'i-4', 'i-5', 'i-6'])
  })

  it('go on from the end of the canary, and nothing is written without a storm', async () => {
    const { arrive, storms, agent } = aPoolOf()
    expect(await storms.ended(agent(1), true)).toBeUndefined()
    for (const each of [1, 2, 3]) await arrive(each)
    expect(await storms.ended(agent(1), true)).toMatchObject({ phase: 'widening', recovered: ['i-1'] })
    const changed = await storms.change(agent(1), () => null)
    expect(changed).toMatchObject({ before: { phase: 'widening' }, after: null })
    expect(await storms.read(agent(1))).toBeNull()
  })
})
