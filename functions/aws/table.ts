import { DeleteCommand, GetCommand, PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import type { Platform } from '../runtime/platform.ts'
import { dynamoClient } from './clients.ts'
import { guarded, isNamed } from './failures.ts'

export type Item = Record<string, unknown>
export interface Key {
  pk: string
  sk: string
}
export interface Condition {
  expression: string
  names?: Record<string, string>
  values?: Record<string, unknown>
}
export interface Update extends Omit<Condition, 'expression'> {
  set: string
  condition?: string
}

/**
 * The one table: strongly consistent reads and single-item conditional writes, no more. A condition that does not hold is
 * an answer (`false`), every other failure is thrown.
 */
export interface Table {
  get(key: Key): Promise<Item | undefined>
  put(item: Key & Item, condition?: Condition): Promise<boolean>
  update(key: Key, update: Update): Promise<boolean>
  remove(key: Key, condition: Condition): Promise<boolean>
  query(pk: string, skPrefix: string): Promise<Item[]>
  byStatus(status: string): Promise<Item[]>
}

const conditionOf = ({ expression, names, values }: Condition) => ({
  ConditionExpression: expression,
  ...(names ? { ExpressionAttributeNames: names } : {}),
  ...(values ? { ExpressionAttributeValues: values } : {}),
})

export const dynamoTable = (platform: Platform, TableName: string): Table => {
  const client = () => dynamoClient(platform)
  const conditional = async (write: () => Promise<unknown>): Promise<boolean> => {
    try {
      await guarded(write)
      return true
    } catch (error) {
      if (isNamed(error, 'ConditionalCheckFailedException')) return false
      throw error
    }
  }
  const all = async (input: ConstructorParameters<typeof QueryCommand>[0]): Promise<Item[]> => {
    const items: Item[] = []
    let from: Item | undefined
    do {
      const page = await guarded(() =>
        client().send(new QueryCommand({ ...input, ...(from ? { ExclusiveStartKey: from } : {}) })),
      )
      items.push(...(page.Items ?? []))
      from = page.LastEvaluatedKey
    } while (from)
    return items
  }
  return {
    async get(Key) {
      return (await guarded(() => client().send(new GetCommand({ TableName, Key, ConsistentRead: true })))).Item
    },
    put: (Item, condition) =>
      conditional(() =>
        client().send(new PutCommand({ TableName, Item, ...(condition ? conditionOf(condition) : {}) })),
      ),
    update: (Key, { set, condition, names, values }) =>
      conditional(() =>
        client().send(
          new UpdateCommand({
            TableName,
            Key,
            UpdateExpression: set,
            ...(condition ? { ConditionExpression: condition } : {}),
            ...(names ? { ExpressionAttributeNames: names } : {}),
            ...(values ? { ExpressionAttributeValues: values } : {}),
          }),
        ),
      ),
    remove: (Key, condition) =>
      conditional(() => client().send(new DeleteCommand({ TableName, Key, ...conditionOf(condition) }))),
    query: (pk, prefix) =>
      all({
        TableName,
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :sk)',
        ExpressionAttributeValues: { ':pk': pk, ':sk': prefix },
      }),
    byStatus: (status) =>
      all({
        TableName,
        IndexName: 'by-status',
        KeyConditionExpression: 'gsi1pk = :status',
        ExpressionAttributeValues: { ':status': status },
      }),
  }
}
