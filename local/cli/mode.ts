import { randomUUID } from 'node:crypto'
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { dynamoControlStore } from '../../functions/aws/control-store.ts'
import { dynamoTable } from '../../functions/aws/table.ts'
import type { Platform } from '../../functions/runtime/platform.ts'
import { UsageError } from '../replay/scenario.ts'
import { readModeArguments, runMode } from './mode-command.ts'

const clock = { now: () => new Date() }
const platform: Platform = {
  environment: process.env,
  clock,
  newId: randomUUID,
  clients: { configuration: () => ({}), attach: () => {} },
}

/** The caller as AWS names him: the record says who stopped the medic. */
const whoAmI = async (): Promise<string> =>
  (await new STSClient({}).send(new GetCallerIdentityCommand({}))).Arn ?? 'an unknown caller'

try {
  const controls = dynamoControlStore(dynamoTable(platform, process.env['TABLE_NAME'] ?? 'agent-medic'), clock)
  await runMode(readModeArguments(process.argv.slice(2)), controls, whoAmI, clock, (text) =>
    process.stdout.write(`${text}\n`),
  )
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = error instanceof UsageError ? 2 : 1
}
