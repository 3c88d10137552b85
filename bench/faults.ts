import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { judgeCrowd } from '../local/faults/interleaving.ts'
import { shuffled } from '../local/faults/random.ts'
import { type FaultRun, judge, nameOf, runNamed, runsOf } from '../local/faults/run.ts'
import { loadScenario, scenarioNames, UsageError } from '../local/replay/scenario.ts'

/** `npm run bench -- faults`: each fault at each call of each scenario, and what of the invariants did not hold. */
interface Options {
  scenarios: string[]
  sample: number
  seed: number
  repeat: string | undefined
  unfenced: boolean
}
interface Row {
  run: string
  kind: string
  reached: boolean
  violations: string[]
}

const write = (line: string) => process.stdout.write(`${line}\n`)
const defaultSample = 300
const crowdsPlayed = 40
/** Runs that show a medic without its fence: a function that dies right after the change, and a time-out after it. */
const telling = [
  'ssm-unreachable/start-action/ec2/RebootInstances/1/die-after',
  'ssm-unreachable/start-action/ec2/RebootInstances/1/answer-lost',
]

const readOptions = (args: string[]): Options => {
  const value = (name: string): string | undefined => {
    const index = args.indexOf(`--${name}`)
    return index === -1 ? undefined : args[index + 1]
  }
  const number = (name: string, otherwise: number): number => {
    const given = value(name)
    if (given === undefined) return otherwise
    if (!/^\d+$/.test(given)) throw new UsageError(`--${name}: "${given}" is no whole number`)
    return Number(given)
  }
  const scenario = value('scenario')
  return {
    scenarios: scenario ? [scenario] : scenarioNames(),
    sample: args.includes('--all') ? Number.POSITIVE_INFINITY : number('sample', defaultSample),
    seed: number('seed', 1),
    repeat: value('repeat'),
    unfenced: args.includes('--unfenced'),
  }
}

const judged = async (run: FaultRun, unfenced: boolean): Promise<Row> => {
  const row = { run: nameOf(run), kind: run.kind }
  try {
    const { violations, reached } = await judge(loadScenario(run.scenario, {}), run, { unfenced })
    return { ...row, reached, violations: violations.map(({ invariant, detail }) => `${invariant}: ${detail}`) }
  } catch (error) {
    return { ...row, reached: true, violations: [`the replay itself broke: ${String(error)}`] }
  }
}

const told = (row: Row): Promise<void> => new Promise((resolve) => process.send?.(row, () => resolve()))

const parsed = (name: string): FaultRun => {
  const run = runNamed(name)
  if (!run) throw new UsageError(`--repeat: "${name}" names no run; take it as the bench prints it`)
  return run
}

/** Two processes share the runs, as the machines that this is made for have two cores. */
const inParts = async (names: string[]): Promise<Row[]> => {
  const parts = [0, 1].map((part) => names.filter((_, index) => index % 2 === part))
  const rows = await Promise.all(
    parts.map(
      (part) =>
        new Promise<Row[]>((resolve, reject) => {
          const found: Row[] = []
          const child = fork(fileURLToPath(import.meta.url), ['--part'], {
            stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
          })
          child.on('message', (row) => found.push(row as Row))
          child.on('error', reject)
          child.on('exit', (code) =>
            code === 0 ? resolve(found) : reject(new Error(`a part ended with status ${code}`)),
          )
          child.send(part)
        }),
    ),
  )
  return rows.flat()
}

const report = (rows: Row[], of: number): boolean => {
  const kinds = new Map<string, { runs: number; violations: number }>()
  for (const { kind, violations } of rows) {
    const known = kinds.get(kind) ?? { runs: 0, violations: 0 }
    kinds.set(kind, { runs: known.runs + 1, violations: known.violations + (violations.length > 0 ? 1 : 0) })
  }
  write('fault              runs   violated')
  for (const [kind, { runs, violations }] of [...kinds].sort())
    write(`${kind.padEnd(16)} ${String(runs).padStart(6)} ${String(violations).padStart(10)}`)
  const bad = rows.filter(({ violations }) => violations.length > 0)
  for (const { run, violations } of bad) {
    write(`\n--repeat ${run}`)
    for (const each of violations) write(`  ${each}`)
  }
  const missed = rows.filter(({ reached }) => !reached).length
  write(
    `\n${rows.length} runs of ${of} that there are, ${missed} did not come to their place, ${bad.length} violated an invariant`,
  )
  return bad.length === 0
}

const main = async (args: string[]): Promise<boolean> => {
  const { scenarios, sample, seed, repeat, unfenced } = readOptions(args)
  if (repeat) return report([await judged(parsed(repeat), unfenced)], 1)
  const byScenario: FaultRun[][] = []
  for (const name of scenarios) byScenario.push(shuffled(await runsOf(loadScenario(name, {})), seed))
  const all = byScenario.flat()
  // From each scenario alike: a storm alone has more calls than all the others.
  const rounds = Array.from({ length: Math.max(...byScenario.map(({ length }) => length)) }, (_, round) =>
    byScenario.flatMap((runs) => runs.slice(round, round + 1)),
  )
  const chosen = rounds.flat().slice(0, sample)
  write(`${chosen.length} of ${all.length} runs over ${scenarios.length} scenarios, seed ${seed}`)
  const well = report(await inParts(chosen.map(nameOf)), all.length)
  const crowds = Array.from({ length: crowdsPlayed }, (_, index) => seed * 1000 + index)
  let disorderly = 0
  for (const each of crowds)
    for (const { invariant, detail } of (await judgeCrowd(each)).violations) {
      disorderly += 1
      write(`crowd of seed ${each}: ${invariant}: ${detail}`)
    }
  write(`${crowds.length} crowds in drawn interleavings, ${disorderly} violations`)
  const blind = await Promise.all(telling.map((name) => judged(parsed(name), true)))
  const sees = blind.every(({ violations }) => violations.length > 0)
  write(
    sees
      ? 'without its fence the medic violates them, so the harness sees'
      : 'THE HARNESS IS BLIND: a medic without its fence violates nothing',
  )
  return well && sees && disorderly === 0
}

if (process.argv.includes('--part')) {
  process.once('message', async (names: string[]) => {
    for (const name of names) await told(await judged(parsed(name), false))
    // A function that died in a run leaves a call that never settles, and what it holds would keep this process.
    process.exit(0)
  })
} else {
  try {
    process.exitCode = (await main(process.argv.slice(2))) ? 0 : 1
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exitCode = 2
  }
}
