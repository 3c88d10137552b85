import { defaultProvider } from '@aws-sdk/credential-provider-node'
import { UsageError } from '../replay/scenario.ts'
import { createGateClient } from './gate-client.ts'
import { readGateArguments, runGate } from './gate-command.ts'

try {
  const args = readGateArguments(process.argv.slice(2), process.env['AGENT_MEDIC_GATE_URL'])
  await runGate(args, createGateClient(args.url, defaultProvider()), (text) => process.stdout.write(`${text}\n`))
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = error instanceof UsageError ? 2 : 1
}
