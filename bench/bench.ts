import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundleHandlers } from '../infra/bundle.ts'
import { handlerNames, repository } from '../infra/handlers.ts'
import { replay } from '../local/replay/replay.ts'
import { loadScenario } from '../local/replay/scenario.ts'

const median = (values: number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
const write = (line: string) => process.stdout.write(`${line}\n`)

/** Wall time of a replayed remediation, once modules are loaded. */
const replays = async (): Promise<void> => {
  const scenario = loadScenario('service-stopped', {})
  let transitions = 0
  const times: number[] = []
  for (let run = 0; run < 25; run += 1) {
    const began = performance.now()
    transitions = (await replay(scenario)).transitions
    if (run >= 5) times.push(performance.now() - began)
  }
  write(
    `replayed remediation: median ${median(times).toFixed(0)} ms of ${times.length} after warm-up, ${transitions} state transitions`,
  )
}

/** From the start of a process to its end, as a user waits. */
const coldStart = (): void => {
  const times = Array.from({ length: 3 }, () => {
    const began = performance.now()
    const run = spawnSync(process.execPath, ['local/cli/replay.ts', 'service-stopped', '--json'], { cwd: repository })
    if (run.status !== 0) throw new Error(`the default replay failed: ${run.stderr.toString()}`)
    return performance.now() - began
  })
  write(`default replay, process start to end: median ${median(times).toFixed(0)} ms of ${times.length}`)
}

/** Size of each bundle, and what its load costs over an empty module in a fresh process. */
const bundles = (): void => {
  const folder = mkdtempSync(join(tmpdir(), 'agent-medic-bench-'))
  const made = bundleHandlers(folder, join(repository, 'fleet.json'))
  const load = (file: string): number => {
    const code = `const t=performance.now();require(${JSON.stringify(file)});process.stdout.write(String(performance.now()-t))`
    return median(Array.from({ length: 5 }, () => Number(spawnSync(process.execPath, ['-e', code]).stdout.toString())))
  }
  const rows = handlerNames().map((name) => {
    const file = join(made.get(name) ?? '', 'index.js')
    return { name, kilobytes: statSync(file).size / 1024, milliseconds: load(file) }
  })
  const least = Math.min(...rows.map(({ milliseconds }) => milliseconds))
  write('\nhandler                          size kB   load ms   over the lightest')
  for (const { name, kilobytes, milliseconds } of rows)
    write(
      `${name.padEnd(30)} ${kilobytes.toFixed(0).padStart(9)} ${milliseconds.toFixed(0).padStart(9)} ${(milliseconds / least).toFixed(1).padStart(12)} x`,
    )
  rmSync(folder, { recursive: true, force: true })
}

if (process.argv[2] === 'faults') await import('./faults.ts')
else {
  await replays()
  coldStart()
  bundles()
}
