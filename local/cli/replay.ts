import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { admitEndpoint } from '../replay/endpoint.ts'
import { type Replayed, type ReplayOptions, replay } from '../replay/replay.ts'
import { differences, type Result, resultOf } from '../replay/result.ts'
import { loadScenario, type Scenario, scenarioNames, UsageError } from '../replay/scenario.ts'
import { type ReplayArguments, readArguments } from './arguments.ts'
import { askOnTerminal } from './ask.ts'
import { painter, showEvent, showMessage, showResult } from './screen.ts'

const write = (line: string) => process.stdout.write(`${line}\n`)
const onTerminal = process.stdout.isTTY === true && process.stdin.isTTY === true
const paint = painter(process.stdout.isTTY === true && !process.env['NO_COLOR'])
const person = 'arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_OnCall_0123456789abcdef/on-call'

/** Who answers: what the arguments say, else the terminal, else the scenario; an event without a scenario expires. */
const answering = ({ gate, json }: ReplayArguments): Pick<ReplayOptions, 'decision' | 'ask'> => {
  if (gate === 'ask' || (gate === undefined && onTerminal && !json)) return { ask: askOnTerminal }
  if (gate === undefined) return {}
  return { decision: { kind: gate, by: person, afterSeconds: 120 } }
}

const save = (folder: string, result: Result, { events, calls, messages, reports }: Replayed): void => {
  mkdirSync(folder, { recursive: true })
  const json = (name: string, value: unknown) =>
    writeFileSync(join(folder, name), `${JSON.stringify(value, null, 2)}\n`)
  json('result.json', result)
  json('history.json', events)
  json('calls.json', calls)
  json('messages.json', messages)
  for (const [key, body] of Object.entries(reports))
    writeFileSync(join(folder, key.split('/').at(-1) ?? 'report'), body)
}

const replayOne = async (scenario: Scenario, args: ReplayArguments): Promise<void> => {
  const watching = args.json ? {} : { onEvent: showEvent(paint, write), onMessage: showMessage(paint, write) }
  if (!args.json) {
    write(paint('bold', scenario.name))
    write(`${scenario.world.description}\n`)
  }
  const endpoint = args.account === 'endpoint' ? await admitEndpoint(process.env, args.awsAccount) : undefined
  const replayed = await replay(scenario, {
    ...answering(args),
    ...watching,
    realTime: args.realTime,
    ...(endpoint ? { endpoint } : {}),
  })
  const result = resultOf(scenario, replayed)
  if (args.save) save(args.save, result, replayed)
  if (args.json) write(JSON.stringify(result, null, 2))
  else showResult(result, paint, write)
}

/** Replays every scenario and compares it with its expected.json; false when one differs. */
const replayAll = async (args: ReplayArguments): Promise<boolean> => {
  const rows: { scenario: string; outcome: string; cause: string | null; differences: string[] }[] = []
  for (const name of scenarioNames()) {
    const scenario = loadScenario(name, args.fleet ? { fleet: args.fleet } : {})
    const result = resultOf(scenario, await replay(scenario))
    const found = scenario.expected ? differences(result, scenario.expected) : ['it has no expected.json']
    rows.push({ scenario: name, outcome: result.outcome, cause: result.cause, differences: found })
    if (!args.json) {
      write(
        `${found.length === 0 ? paint('green', 'as expected') : paint('red', 'differs    ')}  ${name.padEnd(36)} ${result.outcome.padEnd(12)} ${result.cause ?? ''}`,
      )
      for (const line of found) write(`             ${line}`)
    }
  }
  const wrong = rows.filter((row) => row.differences.length > 0).length
  if (args.json) write(JSON.stringify({ scenarios: rows }, null, 2))
  else write(`\n${rows.length} scenarios, ${wrong} differ from their expected.json`)
  return wrong === 0
}

const main = async (): Promise<number> => {
  const args = readArguments(process.argv.slice(2))
  if (args.list) {
    for (const name of scenarioNames()) write(`${name.padEnd(36)} ${loadScenario(name, {}).world.description}`)
    return 0
  }
  if (args.named === 'all') return (await replayAll(args)) ? 0 : 1
  await replayOne(loadScenario(args.named, args), args)
  return 0
}

// A reader that has seen enough (head, less) closes the pipe: that is no failure of the replay.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit(0)
})

try {
  process.exitCode = await main()
} catch (error) {
  if (!(error instanceof UsageError)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 2
}
