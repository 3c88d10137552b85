import { execFile } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

export const hostFolder = fileURLToPath(new URL('../../../functions/host/', import.meta.url))
const fakesFolder = fileURLToPath(new URL('./fakes/', import.meta.url))

/** All that a host command may call of the real machine: nothing in it changes more than the scratch root. */
const realTools =
  'awk bash cat chown cp cut date dd dirname du env find grep head ln mkdir mktemp mv nproc paste rm rmdir sed sha256sum sort sync tail timeout touch tr yes'

export interface Ran {
  status: number
  stdout: string
  stderr: string
}

const findOnPath = (tool: string): string | undefined =>
  (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, tool))
    .find((path) => existsSync(path))

/** A host with a root of its own, whose PATH holds the tools above and fakes of those that would change the machine. */
export const aHost = (state: Partial<Record<string, string>> = {}) => {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'agent-medic-host-')))
  // Whoever the unit's user is must get through to the workspace.
  chmodSync(home, 0o755)
  onTestFinished(() => rmSync(home, { recursive: true, force: true }))
  const [root, bin, fakes] = [join(home, 'root'), join(home, 'bin'), join(home, 'state')]
  for (const folder of [join(root, 'var/lib'), join(root, 'run'), bin, join(fakes, 'units')])
    mkdirSync(folder, { recursive: true })
  const link = (tool: string) => {
    const path = findOnPath(tool)
    if (!path) throw new Error(`the host commands need ${tool}, and this machine has none`)
    symlinkSync(path, join(bin, tool))
  }
  realTools.split(' ').forEach(link)
  cpSync(fakesFolder, bin, { recursive: true })

  const host = {
    root,
    /** Writes a file below the root; the path is the host's own. */
    file(path: string, text: string, mode = 0o644) {
      mkdirSync(dirname(join(root, path)), { recursive: true })
      writeFileSync(join(root, path), text, { mode })
    },
    read: (path: string) => readFileSync(join(root, path), 'utf8'),
    has: (path: string) => existsSync(join(root, path)),
    /** Sets what a fake answers from, such as `df` or `parameter`. */
    set: (name: string, text: string) => writeFileSync(join(fakes, name), text),
    unit(properties: Record<string, string | number> = {}, name = 'builder.service') {
      const all = {
        LoadState: 'loaded',
        ActiveState: 'active',
        UnitFileState: 'enabled',
        Result: 'success',
        NRestarts: 0,
        ExecMainCode: 0,
        ExecMainStatus: 0,
        MainPID: 4242,
        ActiveEnterTimestamp: 'Sat 2026-09-12 08:00:00 UTC',
        User: '',
        ...properties,
      }
      const lines = Object.entries(all).map(([key, value]) => `${key}=${value}\n`)
      writeFileSync(join(fakes, 'units', name), lines.join(''))
    },
    /** How a fake was called, a line per call. */
    calls: (tool: string) => {
      const path = join(fakes, `${tool}.calls`)
      return existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n') : []
    },
    /** Puts a program of the test's own on the PATH. */
    fake(tool: string, script: string) {
      rmSync(join(bin, tool), { force: true })
      writeFileSync(join(bin, tool), `#!/usr/bin/env bash\n${script}\n`, { mode: 0o755 })
    },
    useReal(tool: string) {
      rmSync(join(bin, tool), { force: true })
      link(tool)
    },
    without: (tool: string) => rmSync(join(bin, tool)),
    /** Runs bash with the host's environment and nothing of ours; a shell on a socket would read the user's .bashrc. */
    bash: (args: string[], inputs: Record<string, string> = {}, stdin = Buffer.alloc(0)): Promise<Ran> =>
      new Promise((resolve) => {
        const env = { PATH: bin, AGENT_MEDIC_ROOT: root, FAKE_STATE: fakes, ...inputs }
        const child = execFile(join(bin, 'bash'), ['--norc', ...args], { env, cwd: home }, (error, stdout, stderr) =>
          resolve({ status: error ? Number(error.code ?? 128) : 0, stdout, stderr }),
        )
        // A script that ends before it reads closes the pipe: its exit code tells, the broken pipe says nothing.
        child.stdin?.on('error', () => {})
        child.stdin?.end(stdin)
      }),
    /** Runs a host command with its inputs as Systems Manager passes them: `SSM_<Parameter>`. */
    run(command: string, inputs: Record<string, string> = {}, environment: Record<string, string> = {}): Promise<Ran> {
      const variables = Object.entries(inputs).map(([name, value]) => [`SSM_${name}`, value])
      return host.bash([join(hostFolder, `${command}.sh`)], { ...environment, ...Object.fromEntries(variables) })
    },
  }
  host.set('df', '42% 5000000000 7% /\n')
  for (const [name, text] of Object.entries(state)) host.set(name, text ?? '')
  return host
}
export type ScratchHost = ReturnType<typeof aHost>
