import { afterAll, beforeAll } from 'vitest'
import { dynamoTable } from '../../functions/aws/table.ts'
import { type LocalStack, startStack } from '../../local/account/stack.ts'
import { aClock, aPlatform, type Call } from './a-platform.ts'

/** A real table in process for the tests of one file; each test takes a key of its own. */
export const useTable = () => {
  let stack: LocalStack | undefined
  beforeAll(async () => {
    stack = await startStack('111122223333', 'eu-central-1')
  })
  afterAll(async () => {
    await stack?.stop()
  })
  const tableOn = (options: { afterwards?: (call: Call) => void; maxAttempts?: number } = {}) => {
    if (!stack) throw new Error('the table is there from the first test on')
    const { platform, calls } = aPlatform({ ...options, endpoints: stack.endpoints })
    return { table: dynamoTable(platform, stack.environment['TABLE_NAME'] ?? ''), calls }
  }
  return {
    /** What a store is made of. */
    aTable: () => ({ ...tableOn(), clock: aClock() }),
    /** A table whose first `operation` is done, and whose answer is lost: the SDK makes the call again. */
    aTableThatLoses(operation: 'PutItem' | 'UpdateItem') {
      let lost = false
      return tableOn({
        maxAttempts: 2,
        afterwards: (call) => {
          if (lost || call.operation !== operation) return
          lost = true
          throw Object.assign(new Error('the connection ended'), { name: 'TimeoutError' })
        },
      }).table
    },
    stack: () => stack,
  }
}
