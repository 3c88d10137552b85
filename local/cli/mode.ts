import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { dynamoControlStore } from '../../functions/aws/control-store.ts'
import { dynamoTable } from '../../functions/aws/table.ts'
import { UsageError } from '../replay/scenario.ts'
import { readModeArguments, runMode } from './mode-command.ts'
import { ownPlatform } from './own-platform.ts'

/** The caller as AWS names him: the record says who stopped the medic. */
const whoAmI = async (): Promise<string> =>
  (await new STSClient({}).send(new GetCallerIdentityCommand({}))).Arn ?? 'an unknown caller'

try {
  const controls = dynamoControlStore(
    dynamoTable(ownPlatform, process.env['TABLE_NAME'] ?? 'agent-medic'),
    ownPlatform.clock,
  )
  await runMode(readModeArguments(process.argv.slice(2)), controls, whoAmI, ownPlatform.clock, (text) =>
    process.stdout.write(`${text}\n`),
  )
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = error instanceof UsageError ? 2 : 1
}
