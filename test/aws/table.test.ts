import { describe, expect, it } from 'vitest'
import { dynamoTable } from '../../functions/aws/table.ts'
import { anApiError, answering } from './a-platform.ts'
import { useTable } from './a-table.ts'

const { aTable } = useTable()
const key = (sk: string) => ({ pk: 'TEST', sk })

describe('the table', () => {
  it('answers whether a condition held, and keeps what was there when it did not', async () => {
    const { table } = aTable()
    const unlessThere = { expression: 'attribute_not_exists(pk)' }
    expect(await table.put({ ...key('condition'), value: 1 }, unlessThere)).toBe(true)
    expect(await table.put({ ...key('condition'), value: 2 }, unlessThere)).toBe(false)
    expect(await table.get(key('condition'))).toMatchObject({ value: 1 })
  })

  it('removes what the condition admits', async () => {
    const { table } = aTable()
    await table.put({ ...key('removed'), value: 1 })
    const condition = (value: number) => ({ expression: '#v = :v', names: { '#v': 'value' }, values: { ':v': value } })
    expect(await table.remove(key('removed'), condition(2))).toBe(false)
    expect(await table.remove(key('removed'), condition(1))).toBe(true)
    expect(await table.get(key('removed'))).toBeUndefined()
  })

  it('reads single items with strong consistency', async () => {
    const { table, calls } = aTable()
    await table.get(key('consistent'))
    expect(calls[0]?.input).toMatchObject({ ConsistentRead: true })
  })

  it('reads every page of a query', async () => {
    const { platform } = answering({
      Query: ({ input }) =>
        input['ExclusiveStartKey'] ? { Items: [key('b')] } : { Items: [key('a')], LastEvaluatedKey: key('a') },
    })
    expect(await dynamoTable(platform, 'agent-medic').query('TEST', '')).toEqual([key('a'), key('b')])
  })

  it('takes a throttled write for a failure and not for a condition that did not hold', async () => {
    const { platform } = answering({ PutItem: anApiError('ProvisionedThroughputExceededException') })
    await expect(dynamoTable(platform, 'agent-medic').put(key('a'))).rejects.toMatchObject({ name: 'ThrottledError' })
  })
})
