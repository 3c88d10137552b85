import { mkdirSync, statSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { resultOf } from './support/read-result.ts'
import { aHost } from './support/scratch-host.ts'

const path = '/etc/builder/builder.toml'
const inputs = {
  ActionId: 'act-1',
  Unit: 'builder.service',
  ConfigPath: path,
  ConfigParameter: '/agents/linux/config',
}
const stored = 'url = "https://ci.example.com"\n\ntoken = "glrt-hunter2hunter2"'
const aHostWithConfig = (text = 'url = broken', value = stored) => {
  const host = aHost({ parameter: value })
  host.unit({ ActiveState: 'failed', Result: 'exit-code' })
  host.file(path, text, 0o640)
  return host
}

describe('restore-config', () => {
  it('puts the stored text in place, keeps mode and old file, and restarts', async () => {
    const host = aHostWithConfig()
    const ran = await host.run('restore-config', inputs, { AWS_SSM_REGION_NAME: 'eu-central-1' })
    expect(resultOf(ran)).toMatchObject({
      result: 'changed',
      facts: { backup: `${path}.agent-medic-act-1`, stateAfter: 'active' },
    })
    expect(host.read(path)).toBe(`${stored}\n`)
    expect(host.read(`${path}.agent-medic-act-1`)).toBe('url = broken')
    expect(statSync(join(host.root, path)).mode & 0o777).toBe(0o640)
    expect(host.calls('aws').join()).toMatch(
      /ssm get-parameter --name \/agents\/linux\/config --with-decryption .*--region eu-central-1/,
    )
  })

  it('never prints the value', async () => {
    const host = aHostWithConfig()
    const { stdout, stderr } = await host.run('restore-config', inputs)
    expect(stdout + stderr).not.toMatch(/hunter2|ci\.example/)
    expect(host.calls('aws').join() + host.calls('systemctl').join()).not.toMatch(/hunter2/)
  })

  it('repeats its result and not its change', async () => {
    const host = aHostWithConfig()
    const first = await host.run('restore-config', inputs)
    host.file(path, 'edited since')
    expect(await host.run('restore-config', inputs)).toEqual(first)
    expect(host.read(path)).toBe('edited since')
  })

  it('leaves an equal file and its unit alone', async () => {
    const host = aHostWithConfig(`${stored}\n`)
    expect(resultOf(await host.run('restore-config', inputs))).toMatchObject({ result: 'unchanged' })
    expect(host.calls('systemctl').filter((call) => call.startsWith('restart'))).toEqual([])
  })

  it('makes a file that is missing, for its owner only', async () => {
    const host = aHost({ parameter: stored })
    host.unit()
    mkdirSync(join(host.root, 'etc/builder'), { recursive: true })
    expect(resultOf(await host.run('restore-config', inputs))).toMatchObject({
      result: 'changed',
      facts: { backup: null },
    })
    expect(statSync(join(host.root, path)).mode & 0o777).toBe(0o600)
  })

  it('replaces a file of NUL bytes, which a crash may leave', async () => {
    const host = aHostWithConfig(`${stored}\0\0\0`)
    expect(resultOf(await host.run('restore-config', inputs))).toMatchObject({ result: 'changed' })
    expect(host.read(path)).toBe(`${stored}\n`)
  })

  it.each([
    [
      'An error occurred (AccessDeniedException) when calling the GetParameter operation: User is not authorized',
      'AccessDeniedException',
    ],
    ['An error occurred (ParameterNotFound) when calling the GetParameter operation:', 'ParameterNotFound'],
    [
      'Unable to locate credentials. You can configure credentials by running "aws configure".',
      'Unable to locate credentials',
    ],
  ])('changes nothing when AWS says: %s', async (message, word) => {
    const host = aHostWithConfig()
    host.set('aws-error', `\n${message}\n`)
    const ran = await host.run('restore-config', inputs)
    expect(ran.status).toBe(1)
    expect(resultOf(ran)).toMatchObject({ result: 'failed', detail: expect.stringContaining(word) })
    expect(host.read(path)).toBe('url = broken')
  })

  it('changes nothing when the stored value is empty or the aws command is missing', async () => {
    const empty = aHostWithConfig('url = broken', ' \n')
    expect(resultOf(await empty.run('restore-config', inputs)).detail).toContain('empty')
    expect(empty.read(path)).toBe('url = broken')
    const bare = aHostWithConfig()
    bare.without('aws')
    expect(resultOf(await bare.run('restore-config', inputs)).detail).toContain('not installed')
  })

  it('leaves the old file whole and nothing beside it when the disk is full', async () => {
    const host = aHostWithConfig()
    host.fake('mktemp', 'ln -s /dev/full "${1%XXXXXXXX}full" && echo "${1%XXXXXXXX}full"')
    expect(resultOf(await host.run('restore-config', inputs))).toMatchObject({
      result: 'failed',
      detail: expect.stringContaining('disk full'),
    })
    expect(host.read(path)).toBe('url = broken')
    expect((await host.bash(['-c', `echo ${host.root}/etc/builder/*`])).stdout).toBe(`${join(host.root, path)}\n`)
  })

  it('tells when the unit does not come up with the restored file', async () => {
    const host = aHostWithConfig()
    host.set('on-start', 'failing')
    const ran = await host.run('restore-config', inputs)
    expect(resultOf(ran)).toMatchObject({ result: 'failed', facts: { resultAfter: 'exit-code' } })
    expect(host.read(path)).toBe(`${stored}\n`)
  })

  it('refuses a symbolic link, and a folder that is one', async () => {
    const host = aHostWithConfig()
    symlinkSync(join(host.root, path), join(host.root, 'etc/builder/link.toml'))
    symlinkSync(join(host.root, 'etc/builder'), join(host.root, 'etc/link'))
    for (const ConfigPath of ['/etc/builder/link.toml', '/etc/link/builder.toml'])
      expect(await host.run('restore-config', { ...inputs, ConfigPath })).toMatchObject({ status: 64 })
  })
})
