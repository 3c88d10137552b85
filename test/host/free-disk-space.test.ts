import { mkdirSync, symlinkSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { resultOf } from './support/read-result.ts'
import { aHost, type ScratchHost } from './support/scratch-host.ts'

const inputs = { ActionId: 'act-1', Unit: 'builder.service', WorkspacePath: '/srv/builds', MaxAgeHours: '24' }
const kilobyte = 'x'.repeat(1024)

/** A host with one running process, no mount below the workspace, and a disk nearly full. */
const aFullHost = (options: { openFile?: string; mounts?: string[]; processes?: boolean } = {}) => {
  const host = aHost({ df: '97% 1000 7% /\n' })
  host.unit({ ActiveState: 'failed' })
  mkdirSync(join(host.root, 'srv/builds'), { recursive: true })
  if (options.processes ?? true) {
    mkdirSync(join(host.root, 'proc/42/fd'), { recursive: true })
    for (const name of ['cwd', 'root', 'exe']) symlinkSync(join(host.root, 'run'), join(host.root, 'proc/42', name))
    if (options.openFile) symlinkSync(join(host.root, options.openFile), join(host.root, 'proc/42/fd/3'))
  }
  const mounts = ['/', ...(options.mounts ?? []).map((path) => join(host.root, path).replaceAll(' ', '\\040'))]
  host.file('/proc/self/mountinfo', mounts.map((path, i) => `${i} 1 8:1 / ${path} rw - ext4 /dev/xvda1 rw\n`).join(''))
  // Only the kernel sets a file's change time: the test's find is told that it is as old as the content.
  host.fake('find', 'args=(); for a in "$@"; do args+=("${a/#-cmin/-mmin}"); done; exec "$REAL_FIND" "${args[@]}"')
  return host
}

const old = new Date(Date.now() - 5 * 24 * 3600 * 1000)
const anOldFile = (host: ScratchHost, path: string, text = kilobyte) => {
  host.file(path, text)
  for (let at = path; at !== '/srv/builds' && at !== '/var/log' && at !== '/'; at = join(at, '..'))
    utimesSync(join(host.root, at), old, old)
}
const free = async (host: ScratchHost, change: Record<string, string> = {}) => {
  const ran = await host.run('free-disk-space', { ...inputs, ...change }, { REAL_FIND: '/usr/bin/find' })
  expect(ran.status, ran.stderr).toBe(0)
  return resultOf(ran)
}

describe('free-disk-space in the workspace', () => {
  it('removes the folder of an old job and counts what it freed', async () => {
    const host = aFullHost()
    anOldFile(host, '/srv/builds/job-1/out/artifact.bin', 'x'.repeat(100_000))
    const { result, facts } = await free(host)
    expect(result).toBe('changed')
    expect(facts).toMatchObject({
      usedPercentBefore: 97,
      usedPercentAfter: 97,
      removedWorkspaces: 1,
      unitState: 'failed',
    })
    expect(facts['freedBytes']).toBeGreaterThanOrEqual(100_000)
    expect(host.has('/srv/builds/job-1')).toBe(false)
    expect(host.has('/srv/builds')).toBe(true)
  })

  it('does it once per action id', async () => {
    const host = aFullHost()
    anOldFile(host, '/srv/builds/job-1/a')
    const first = await free(host)
    anOldFile(host, '/srv/builds/job-2/a')
    expect(await free(host)).toEqual(first)
    expect(host.has('/srv/builds/job-2')).toBe(true)
  })

  it('leaves a folder in which one file is young', async () => {
    const host = aFullHost()
    anOldFile(host, '/srv/builds/job-1/old')
    host.file('/srv/builds/job-1/deep/down/young', kilobyte)
    expect(await free(host)).toMatchObject({ result: 'unchanged', facts: { freedBytes: 0 } })
    expect(host.has('/srv/builds/job-1/old')).toBe(true)
  })

  it('goes by the change of the inode too: an unpacked archive has old times', async () => {
    const host = aFullHost()
    host.useReal('find')
    anOldFile(host, '/srv/builds/job-1/unpacked')
    expect(await free(host)).toMatchObject({ result: 'unchanged' })
  })

  it('leaves a folder in which a process has a file open, under whatever path the process sees it', async () => {
    const host = aFullHost({ openFile: 'elsewhere/build.log' })
    anOldFile(host, '/srv/builds/job-1/build.log')
    anOldFile(host, '/srv/builds/job-2/build.log')
    // The same file by another path, as in a container.
    await host.bash([
      '-c',
      `mkdir ${host.root}/elsewhere && ln ${host.root}/srv/builds/job-1/build.log ${host.root}/elsewhere/build.log`,
    ])
    await free(host)
    expect(host.has('/srv/builds/job-1/build.log')).toBe(true)
    expect(host.has('/srv/builds/job-2')).toBe(false)
  })

  it('leaves an open folder on a host with very many open files', async () => {
    const host = aFullHost({ openFile: 'srv/builds/job-1/build.log' })
    anOldFile(host, '/srv/builds/job-1/build.log')
    await host.bash([
      '-c',
      `mkdir ${host.root}/proc/43 && cd ${host.root}/proc/43 && mkdir fd f && for ((i = 0; i < 12000; i++)); do : >f/$i; done && ln -s "$PWD"/f/* fd/`,
    ])
    expect(await free(host)).toMatchObject({ result: 'unchanged' })
    expect(host.has('/srv/builds/job-1/build.log')).toBe(true)
  })

  it('never follows a symbolic link', async () => {
    const host = aFullHost()
    host.file('/home/builder/precious', kilobyte)
    utimesSync(join(host.root, 'home/builder/precious'), old, old)
    anOldFile(host, '/srv/builds/job-1/a')
    symlinkSync(join(host.root, 'home/builder'), join(host.root, 'srv/builds/job-1/link'))
    symlinkSync(join(host.root, 'home/builder'), join(host.root, 'srv/builds/link'))
    await free(host)
    expect(host.has('/home/builder/precious')).toBe(true)
  })

  it.each(['srv/builds/job-1', 'srv/builds/job-1/my cache'])(
    'leaves a folder that is or holds the mount %s',
    async (mount) => {
      const host = aFullHost({ mounts: [mount] })
      anOldFile(host, '/srv/builds/job-1/a')
      mkdirSync(join(host.root, mount), { recursive: true })
      utimesSync(join(host.root, mount), old, old)
      utimesSync(join(host.root, 'srv/builds/job-1'), old, old)
      expect((await free(host)).result).toBe('unchanged')
      expect(host.has('/srv/builds/job-1/a')).toBe(true)
    },
  )

  it('removes an old checkout beside a young one, and no old part of a young one', async () => {
    const host = aFullHost()
    anOldFile(host, '/srv/builds/runner-1/0/group/old-project/.git/HEAD')
    anOldFile(host, '/srv/builds/runner-1/0/group/project/old-part/a')
    host.file('/srv/builds/runner-1/0/group/project/.git/HEAD', kilobyte)
    await free(host)
    expect(host.has('/srv/builds/runner-1/0/group/old-project')).toBe(false)
    expect(host.has('/srv/builds/runner-1/0/group/project/old-part/a')).toBe(true)
  })

  it('removes old temporary files beside the jobs and leaves what else lies there', async () => {
    const host = aFullHost()
    for (const name of ['upload.tmp', 'core.4242', 'workspaces.txt']) anOldFile(host, `/srv/builds/${name}`)
    await free(host)
    expect(['upload.tmp', 'core.4242', 'workspaces.txt'].map((name) => host.has(`/srv/builds/${name}`))).toEqual([
      false,
      false,
      true,
    ])
  })

  it("leaves the deployment that CodeDeploy's instructions name: its scripts run at the next one", async () => {
    const host = aFullHost()
    anOldFile(host, '/srv/builds/group-1/d-OLDOLDOLD/deployment-archive/appspec.yml')
    anOldFile(host, '/srv/builds/group-1/d-LASTLAST1/deployment-archive/appspec.yml')
    anOldFile(
      host,
      '/srv/builds/deployment-instructions/group-1_last_successful_install',
      '/opt/codedeploy-agent/deployment-root/group-1/d-LASTLAST1',
    )
    await free(host)
    expect(host.has('/srv/builds/group-1/d-OLDOLDOLD')).toBe(false)
    expect(host.has('/srv/builds/group-1/d-LASTLAST1/deployment-archive/appspec.yml')).toBe(true)
    expect(host.has('/srv/builds/deployment-instructions/group-1_last_successful_install')).toBe(true)
  })

  it('leaves all of it when it cannot tell what is open, and says so', async () => {
    const host = aFullHost({ processes: false })
    anOldFile(host, '/srv/builds/job-1/a')
    expect(await free(host)).toMatchObject({ result: 'unchanged', detail: expect.stringContaining('open files') })
  })

  it('leaves all of it when it cannot tell what is mounted, and says so', async () => {
    const host = aFullHost()
    anOldFile(host, '/srv/builds/job-1/a')
    host.file('/proc/self/mountinfo', '')
    expect(await free(host)).toMatchObject({ result: 'unchanged', detail: expect.stringContaining('mount points') })
  })

  it('refuses a workspace that is a symbolic link', async () => {
    const host = aFullHost()
    symlinkSync(join(host.root, 'srv/builds'), join(host.root, 'srv/link'))
    const ran = await host.run('free-disk-space', { ...inputs, WorkspacePath: '/srv/link' })
    expect(ran).toMatchObject({ status: 64, stderr: expect.stringContaining('symbolic link') })
  })
})

describe('free-disk-space elsewhere', () => {
  it('cleans package caches with the package manager', async () => {
    const host = aFullHost()
    host.file('/var/cache/apt/archives/big.deb', 'x'.repeat(50_000))
    host.fake('apt-get', `[[ $1 == clean ]] && rm ${join(host.root, 'var/cache/apt/archives/big.deb')}`)
    const { facts } = await free(host)
    expect(facts['freedBytes']).toBeGreaterThanOrEqual(50_000)
  })

  it('goes on when the package manager is locked', async () => {
    const host = aFullHost()
    host.file('/var/cache/dnf/x.rpm', kilobyte)
    host.fake('dnf', 'exit 1')
    anOldFile(host, '/srv/builds/job-1/a')
    expect(await free(host)).toMatchObject({ result: 'changed' })
  })

  it('removes old rotated logs and archived journals, and leaves current, young, audit and login records', async () => {
    const host = aFullHost({ openFile: 'var/log/held.log.2.gz' })
    const gone = ['app.log.1', 'app.log.2.gz', 'messages-20260901']
    const kept = ['app.log', 'audit/audit.log.1', 'auth.log.1', 'wtmp.1', 'held.log.2.gz']
    for (const name of [...gone, ...kept]) anOldFile(host, `/var/log/${name}`)
    host.file('/var/log/young.log.1', kilobyte)
    host.file('/var/log/journal/system@1.journal', 'x'.repeat(9000))
    host.file('/var/log/journal/system.journal', kilobyte)
    const { facts } = await free(host, { MaxAgeHours: '48' })
    expect(facts['freedBytes']).toBeGreaterThanOrEqual(9000 + gone.length * 1024)
    expect(gone.filter((name) => host.has(`/var/log/${name}`))).toEqual([])
    expect([...kept, 'young.log.1', 'journal/system.journal'].filter((name) => !host.has(`/var/log/${name}`))).toEqual(
      [],
    )
    expect(host.calls('journalctl')).toContain('-q --vacuum-time=48h')
  })

  it('is unchanged when there is nothing to free, also without df', async () => {
    const host = aFullHost()
    host.without('df')
    expect(await free(host)).toMatchObject({
      result: 'unchanged',
      facts: { freedBytes: 0, usedPercentBefore: null, usedPercentAfter: null },
    })
  })
})
