import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { resultOf } from './support/read-result.ts'
import { aHost, type ScratchHost } from './support/scratch-host.ts'

const action = { ActionId: 'act-1', Unit: 'builder.service' }
const restarts = (host: ScratchHost) => host.calls('systemctl').filter((call) => call.startsWith('restart')).length
const claims = (place: string) => `${place}/agent-medic/actions/act-1`

/** A file where a folder should be: mkdir fails as on a full or read-only disk, also for root. */
const block = (host: ScratchHost, path: string) => {
  rmSync(join(host.root, path), { recursive: true, force: true })
  writeFileSync(join(host.root, path), '')
}
const unblock = (host: ScratchHost, path: string) => {
  rmSync(join(host.root, path))
  mkdirSync(join(host.root, path))
}
const reboot = (host: ScratchHost) => rmSync(join(host.root, 'run'), { recursive: true })

describe('a second run with the same action id', () => {
  it('prints the first result again and changes nothing', async () => {
    const host = aHost()
    host.unit({ ActiveState: 'inactive' })
    const first = await host.run('restart-service', action)
    const second = await host.run('restart-service', action)
    expect(second).toEqual(first)
    expect(restarts(host)).toBe(1)
  })

  it('ends as the first did when that failed', async () => {
    const host = aHost({ 'on-start': 'failing' })
    host.unit()
    const first = await host.run('restart-service', action)
    host.set('on-start', 'up')
    const second = await host.run('restart-service', action)
    expect([first.status, second.status]).toEqual([1, 1])
    expect(second.stdout).toBe(first.stdout)
  })

  it('acts under another id', async () => {
    const host = aHost()
    host.unit()
    await host.run('restart-service', action)
    await host.run('restart-service', { ...action, ActionId: 'act-2' })
    expect(restarts(host)).toBe(2)
  })

  it('is refused when the id belongs to another command', async () => {
    const host = aHost()
    host.unit()
    await host.run('restart-service', action)
    expect(await host.run('stop-service', action)).toMatchObject({
      status: 64,
      stdout: '',
      stderr: expect.stringContaining('restart-service'),
    })
  })

  it('still remembers after a reboot, which empties /run', async () => {
    const host = aHost()
    host.unit()
    const first = await host.run('restart-service', action)
    reboot(host)
    expect(await host.run('restart-service', action)).toEqual(first)
    expect((await host.run('restart-service', action)).stdout).toBe(first.stdout)
    expect(restarts(host)).toBe(1)
  })
})

describe('a claim without a result', () => {
  it.each(['/run', '/var/lib'])('in %s ends the run with 75', async (place) => {
    const host = aHost()
    host.unit()
    mkdirSync(join(host.root, claims(place)), { recursive: true })
    const ran = await host.run('restart-service', action)
    expect(ran).toMatchObject({ status: 75, stdout: '', stderr: expect.stringContaining('nothing was changed') })
    expect(host.calls('systemctl')).toEqual([])
  })

  it('is what all but one of the runs at the same moment meet', async () => {
    const host = aHost()
    host.unit()
    const runs = await Promise.all([1, 2, 3, 4].map(() => host.run('restart-service', action)))
    expect(restarts(host)).toBe(1)
    for (const { status } of runs) expect([0, 75]).toContain(status)
    expect(runs.some(({ status }) => status === 0)).toBe(true)
  })

  it('is not left behind by a command that an error stops half-way', async () => {
    const host = aHost()
    host.unit()
    host.fake('systemctl', 'kill -TERM "$PPID"; kill -TERM "$(cut -d " " -f 4 "/proc/$PPID/stat")"; sleep 1')
    const first = await host.run('restart-service', action)
    expect(first.status).not.toBe(0)
    const second = await host.run('restart-service', action)
    expect(resultOf(second)).toMatchObject({ result: 'failed' })
    expect(second.status).toBe(1)
  })
})

describe('where /var/lib takes no files', () => {
  it('acts once by the claim in /run', async () => {
    const host = aHost()
    host.unit()
    block(host, 'var/lib')
    const first = await host.run('restart-service', action)
    expect(resultOf(first)).toMatchObject({ result: 'changed' })
    expect((await host.run('restart-service', action)).stdout).toBe(first.stdout)
    expect(restarts(host)).toBe(1)
  })

  it('does not act again once there is room', async () => {
    const host = aHost()
    host.unit()
    block(host, 'var/lib')
    const first = await host.run('restart-service', action)
    unblock(host, 'var/lib')
    expect((await host.run('restart-service', action)).stdout).toBe(first.stdout)
    expect(restarts(host)).toBe(1)
  })

  it('keeps the result there after all when the command itself has made room', async () => {
    const host = aHost()
    host.unit()
    block(host, 'var/lib')
    host.fake('df', `rm -f ${join(host.root, 'var/lib')}; echo '42% 5000000000 7% /'`)
    const inputs = { ...action, WorkspacePath: '/srv/builds', MaxAgeHours: '24' }
    const first = await host.run('free-disk-space', inputs)
    expect(host.has(`${claims('/var/lib')}/result`)).toBe(true)
    reboot(host)
    expect((await host.run('free-disk-space', inputs)).stdout).toBe(first.stdout)
  })

  it('acts by the claim in /var/lib where there is no /run', async () => {
    const host = aHost()
    host.unit()
    block(host, 'run')
    await host.run('restart-service', action)
    await host.run('restart-service', action)
    expect(restarts(host)).toBe(1)
  })

  it('changes nothing with 73 when /run takes none either', async () => {
    const host = aHost()
    host.unit()
    block(host, 'var/lib')
    block(host, 'run')
    expect(await host.run('restart-service', action)).toMatchObject({ status: 73, stdout: '' })
    expect(host.calls('systemctl')).toEqual([])
  })

  it('keeps results from other users of the host', async () => {
    const host = aHost()
    host.unit()
    await host.run('restart-service', action)
    const { stdout } = await host.bash(['-c', `find ${host.root}/run/agent-medic -perm /077`])
    expect(stdout).toBe('')
    expect(existsSync(join(host.root, claims('/run'), 'result'))).toBe(true)
  })
})
