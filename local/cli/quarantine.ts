import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { awsAutoScalingGroups } from '../../functions/aws/auto-scaling-groups.ts'
import { dynamoIncidentStore } from '../../functions/aws/incident-store.ts'
import { dynamoTable } from '../../functions/aws/table.ts'
import { UsageError } from '../replay/scenario.ts'
import { ownPlatform } from './own-platform.ts'
import { readQuarantineArguments, runQuarantine } from './quarantine-command.ts'

try {
  const table = dynamoTable(ownPlatform, process.env['TABLE_NAME'] ?? 'agent-medic')
  const services = {
    incidents: dynamoIncidentStore(table, ownPlatform.clock),
    groups: awsAutoScalingGroups(ownPlatform),
    whoAmI: async () => (await new STSClient({}).send(new GetCallerIdentityCommand({}))).Arn ?? 'an unknown caller',
    clock: ownPlatform.clock,
  }
  await runQuarantine(readQuarantineArguments(process.argv.slice(2)), services, (text) =>
    process.stdout.write(`${text}\n`),
  )
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = error instanceof UsageError ? 2 : 1
}
