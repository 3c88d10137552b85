import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { smokeTestOf } from './support/read-result.ts'
import { aHost, hostFolder } from './support/scratch-host.ts'

const scripts = readdirSync(hostFolder).filter((file) => file.endsWith('.sh'))
const commands = scripts.filter((file) => file !== 'lib.sh')
const textOf = (file: string) => readFileSync(join(hostFolder, file), 'utf8')

/** Runs a function of lib.sh on standard input. */
const lib = async (call: string, stdin: Buffer | string) => {
  const script = `set -euo pipefail; source ${join(hostFolder, 'lib.sh')}; ${call}`
  const ran = await aHost().bash(['-c', script], {}, Buffer.from(stdin))
  expect(ran.stderr).toBe('')
  return ran.stdout
}

describe('JSON from any bytes', () => {
  it('keeps text of every script and escapes what JSON needs', async () => {
    const lines = ['plain', 'quote " and back\\slash', 'Zürich 東京 😀', 'tab\tand escape \u001b[31m', '']
    const printed = await lib('json_lines 9000', `${lines.join('\n')}\n`)
    expect(JSON.parse(printed)).toEqual(lines)
    expect(printed).toMatch(/^[ -~]*$/)
  })

  it('replaces bytes that are no UTF-8, and drops NUL', async () => {
    const bytes = Buffer.from([0x61, 0x80, 0x62, 0xff, 0xc3, 0x28, 0xed, 0xa0, 0x80, 0x00, 0xe6, 0x97, 0x0a])
    const [line] = JSON.parse(await lib('json_lines 9000', bytes))
    expect(line).toMatch(/^a\ufffdb\ufffd\ufffd\(\ufffd+$/)
  })

  it('prints valid JSON for every byte there is', async () => {
    const bytes = Buffer.from(Array.from({ length: 1024 }, (_, i) => (i * 7) % 256))
    expect(JSON.parse(await lib('json_lines 9000', bytes))).toBeInstanceOf(Array)
  })

  it('drops the oldest lines first when the room is short, and cuts long ones', async () => {
    const lines = Array.from({ length: 50 }, (_, i) => `line ${i} ${'x'.repeat(i === 49 ? 2000 : 10)}`)
    const kept: string[] = JSON.parse(await lib('json_lines 1000', `${lines.join('\n')}\n`))
    expect(kept.length).toBeGreaterThan(5)
    expect(kept.at(-2)).toBe(lines.at(-2))
    expect(kept.at(-1)).toHaveLength(500)
  })
})

describe('masking', () => {
  it.each([
    ['an access key id', 'using AKIAIOSFODNN7EXAMPLE here', 'AKIAIOSFODNN7EXAMPLE'],
    ['a session key id', 'ASIAIOSFODNN7EXAMPLE', 'ASIAIOSFODNN7EXAMPLE'],
    ['a secret key', 'aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', 'wJalrXUtnFEMI'],
    ['an authorization header', 'authorization: Basic dXNlcjpwYXNz', 'dXNlcjpwYXNz'],
    ['a bearer value', 'sent Bearer abc.def-ghi', 'abc.def'],
    ['a password in quotes', 'password="two words"', 'two words'],
    ['a token in YAML', 'token: s3cr3tvalue', 's3cr3tvalue'],
    ['a token in JSON', '{"api_key": "s3cr3tvalue"}', 's3cr3tvalue'],
    ['an option of a command', 'register --registration-token s3cr3tvalue --url x', 's3cr3tvalue'],
    ['the user of a URL', 'https://deploy:pa55word@example.com/repo.git', 'pa55word'],
    ['a presigned URL', 'https://example.com/?X-Amz-Signature=deadbeef01&x=1', 'deadbeef01'],
    ['a JWT', 'got eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.sflKxw', 'eyJzdWIiOiIxIn0'],
    ['a GitLab runner token', 'runner glrt-abcdefghijk_1', 'abcdefghijk'],
    ['a GitHub token', 'ghp_abcdefghijklmnopqrstuvwxyz0123456789', 'abcdefghij'],
    ['a Buildkite token', 'bkua_0123456789abcdef0123', '0123456789'],
    ['a key on one line', 'key -----BEGIN PRIVATE KEY-----MIIEpAIB-----END PRIVATE KEY----- end', 'MIIEpAIB'],
    [
      'a key over lines',
      '-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIB\nzz==\n-----END RSA PRIVATE KEY-----',
      /MIIEpAIB|zz==/,
    ],
  ])('hides %s', async (_, line, secret) => {
    const masked = await lib('mask_secrets', `${line}\nthe next line stays\n`)
    expect(masked).not.toMatch(secret)
    expect(masked).toContain('[masked]')
    expect(masked).toContain('the next line stays')
  })

  it.each([
    'ExpiredToken: The security token included in the request is expired',
    'is not authorized to perform: secretsmanager:GetSecretValue on resource: arn:aws:secretsmanager:eu-central-1:111122223333:secret:db',
    'disk-full: npm-debug-something wrote 12 files',
    'write /var/lib/builds/a: no space left on device',
  ])('leaves what a diagnosis reads: %s', async (line) => {
    expect(await lib('mask_secrets', `${line}\n`)).toBe(`${line}\n`)
  })
})

describe('every host command', () => {
  it.each(commands)('%s says what it needs, takes, prints, and how it is undone', (file) => {
    const text = textOf(file)
    expect(text).toMatch(/^#!\/usr\/bin\/env bash\n/)
    expect(text).toMatch(/^# requires: lib\.sh$/m)
    for (const heading of ['Inputs:', 'Output:', 'Exit:', 'Undo:']) expect(text).toContain(`# ${heading}`)
    expect(text).toMatch(/^set -euo pipefail$/m)
    const inputs = (part: RegExp) => [...new Set([...text.matchAll(part)].map(([, name]) => name))].sort()
    const header = text.slice(0, text.indexOf('set -euo pipefail'))
    for (const name of inputs(/(?:required|optional)_input SSM_([A-Za-z]+)/g)) expect(header).toContain(`SSM_${name}`)
  })

  it.each(scripts)('%s keeps to what a document and a full disk allow', (file) => {
    expect(textOf(file), 'Systems Manager would fill in braces').not.toMatch(/\{\{/)
    expect(textOf(file), 'older bash writes here-documents to the disk').not.toMatch(/<<[-<A-Z'"]/)
  })

  it('names no input in lib.sh, as each document declares the inputs that its text names', () => {
    expect(textOf('lib.sh')).not.toMatch(/\bSSM_[A-Z][A-Za-z]+/)
  })

  it('runs with lib.sh before it in one file, as in a document', async () => {
    const host = aHost()
    host.unit()
    const document = textOf('lib.sh') + textOf('smoke-test.sh').replace(/^#!.*\n/, '')
    const inputs = { SSM_Unit: 'builder.service', SSM_MinFreePercent: '10', SSM_MaxClockOffsetSeconds: '120' }
    const ran = await host.bash(['-c', document], inputs)
    expect(smokeTestOf(ran).tests.map(({ name }) => name)).toContain('service-up')
  })

  it('passes shellcheck where it is installed', (context) => {
    try {
      execFileSync('shellcheck', ['--version'])
    } catch {
      console.warn('shellcheck is not on the PATH: the host commands were NOT checked with it')
      context.skip()
    }
    execFileSync('shellcheck', ['-x', ...scripts], { cwd: hostFolder, stdio: 'pipe' })
  })
})
