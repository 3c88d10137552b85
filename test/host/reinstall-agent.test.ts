import { describe, expect, it } from 'vitest'
import { resultOf } from './support/read-result.ts'
import { aHost } from './support/scratch-host.ts'

const inputs = { ActionId: 'act-1', Unit: 'builder.service', Package: 'builder' }
const aDebianHost = () => {
  const host = aHost()
  host.unit({ ActiveState: 'failed' })
  host.fake(
    'apt-get',
    'printf "%s\\n" "$*" >>"$FAKE_STATE/apt-get.calls"; [[ $1 != install ]] || echo 2.0 >"$FAKE_STATE/version"',
  )
  host.fake('dpkg-query', 'cat "$FAKE_STATE/version" 2>/dev/null')
  host.set('version', '1.0')
  return host
}
const aRedHatHost = (manager: string) => {
  const host = aHost()
  host.unit({ ActiveState: 'failed' })
  host.fake(manager, `printf "%s\\n" "$*" >>"$FAKE_STATE/${manager}.calls"`)
  host.fake('rpm', 'cat "$FAKE_STATE/version" 2>/dev/null || { echo "package builder is not installed"; exit 1; }')
  return host
}

describe('reinstall-agent', () => {
  it('reinstalls with apt, keeps changed configuration, and restarts', async () => {
    const host = aDebianHost()
    expect(resultOf(await host.run('reinstall-agent', inputs))).toMatchObject({
      result: 'changed',
      facts: { manager: 'apt-get', versionBefore: '1.0', versionAfter: '2.0', stateAfter: 'active' },
    })
    const install = host.calls('apt-get').find((call) => call.startsWith('install'))
    expect(install).toMatch(/--reinstall .*--force-confold.* builder$/)
  })

  it('runs once per action id', async () => {
    const host = aDebianHost()
    const first = await host.run('reinstall-agent', { ...inputs, Version: '1.2' })
    expect(await host.run('reinstall-agent', { ...inputs, Version: '1.2' })).toEqual(first)
    expect(host.calls('apt-get').filter((call) => call.startsWith('install'))).toEqual([
      expect.stringMatching(/ builder=1\.2$/),
    ])
  })

  it.each([
    ['dnf', '1.0-1', '', '-y -q reinstall builder'],
    ['dnf', '1.0-1', '1.0', '-y -q reinstall builder-1.0'],
    ['dnf', '1.0-1', '0.9', '-y -q install builder-0.9'],
    ['dnf', '', '', '-y -q install builder'],
    ['yum', '1.10-1', '1.9', '-y -q downgrade builder-1.9'],
    ['yum', '1.10-1', '1.11', '-y -q install builder-1.11'],
  ])('with %s over %j, wanting %j, calls it with %s', async (manager, installed, wanted, call) => {
    const host = aRedHatHost(manager)
    if (installed) host.set('version', installed)
    const ran = await host.run('reinstall-agent', { ...inputs, Version: wanted })
    expect(resultOf(ran)).toMatchObject({ result: 'changed', facts: { manager, versionBefore: installed || null } })
    expect(host.calls(manager)).toEqual([call])
  })

  it('tells why the package manager failed, secrets masked, and does not restart', async () => {
    const host = aDebianHost()
    host.fake(
      'apt-get',
      '[[ $1 == install ]] || exit 1; echo "E: Failed to fetch https://user:hunter2@repo.example.com/x 404"; exit 100',
    )
    const ran = await host.run('reinstall-agent', inputs)
    const { result, detail } = resultOf(ran)
    expect([ran.status, result]).toEqual([1, 'failed'])
    expect(detail).toMatch(/status 100: E: Failed to fetch/)
    expect(ran.stdout + ran.stderr).not.toMatch(/hunter2/)
    expect(host.calls('systemctl').filter((call) => call.startsWith('restart'))).toEqual([])
  })

  it('says so where there is no package manager', async () => {
    const host = aHost()
    host.unit()
    expect(resultOf(await host.run('reinstall-agent', inputs))).toMatchObject({
      result: 'failed',
      detail: expect.stringContaining('no package manager'),
    })
  })
})
