import { describe, expect, it } from 'vitest'
import { probeOf } from './support/read-result.ts'
import { aHost } from './support/scratch-host.ts'

const path = '/etc/builder/builder.toml'
const inputs = {
  Unit: 'builder.service',
  ConfigPath: path,
  ConfigParameter: '/agents/linux/config',
  LogPath: '/var/log/builder.log',
}
const stored = 'url = "https://ci.example.com"'

/** A host whose agent runs, with its configuration and log in place. */
const aWorkingHost = () => {
  const host = aHost({ parameter: stored })
  host.unit()
  host.file(path, `${stored}\n`)
  host.file('/var/log/builder.log', 'agent started\n')
  host.file('/proc/meminfo', 'MemTotal:        8000000 kB\nMemAvailable:    5000000 kB\n')
  host.file('/proc/uptime', '86400.51 12345.67\n')
  host.file('/proc/loadavg', '0.42 0.40 0.38 1/200 4242\n')
  host.file('/proc/sys/kernel/random/boot_id', '5f0d7b3a-1c9e-4a52-8f6e-2b7d9c0e4a11\n')
  return host
}

describe('probe-agent', () => {
  it('tells service, disk, memory, boot and configuration of a host that is well', async () => {
    const host = aWorkingHost()
    const probe = probeOf(await host.run('probe-agent', inputs))
    expect(probe).toMatchObject({
      bootId: '5f0d7b3a-1c9e-4a52-8f6e-2b7d9c0e4a11',
      uptimeSeconds: 86_400,
      service: { unit: 'builder.service', state: 'active', result: 'success', restarts: 0, exitCode: null },
      disks: [{ mount: '/', usedPercent: 42, inodesUsedPercent: 7 }],
      memory: { totalBytes: 8_192_000_000, availableBytes: 5_120_000_000 },
      config: { path, exists: true, matchesStored: true },
      logLines: ['agent started'],
    })
  })

  it('changes nothing, and says the same when it is run again', async () => {
    const host = aWorkingHost()
    const [first, second] = [
      probeOf(await host.run('probe-agent', inputs)),
      probeOf(await host.run('probe-agent', inputs)),
    ]
    expect({ ...second, epochSeconds: 0 }).toEqual({ ...first, epochSeconds: 0 })
    expect(host.calls('systemctl').filter((call) => !call.startsWith('show'))).toEqual([])
  })

  it('gives the exit of a unit that was killed as 128 and the signal', async () => {
    const host = aWorkingHost()
    host.unit({ ActiveState: 'failed', Result: 'oom-kill', ExecMainCode: 2, ExecMainStatus: 9, MainPID: 0 })
    expect(probeOf(await host.run('probe-agent', inputs)).service).toMatchObject({
      state: 'failed',
      result: 'oom-kill',
      exitCode: 137,
    })
  })

  it('tells a file that differs from its stored copy, and one that could not be compared, apart', async () => {
    const host = aWorkingHost()
    host.file(path, 'url = ')
    expect(probeOf(await host.run('probe-agent', inputs)).config.matchesStored).toBe(false)
    host.set('aws-error', 'An error occurred (AccessDeniedException) when calling the GetParameter operation')
    expect(probeOf(await host.run('probe-agent', inputs)).config).toMatchObject({
      matchesStored: null,
      comparison: expect.stringContaining('AccessDenied'),
    })
  })

  it('counts the kills of the kernel, and says null when its log is not kept', async () => {
    const host = aWorkingHost()
    expect(probeOf(await host.run('probe-agent', inputs)).memory.oomKillsLastHour).toBeNull()
    host.set('kernel.log', 'Out of memory: Killed process 1201 (agent) total-vm:1kB\n')
    expect(probeOf(await host.run('probe-agent', inputs)).memory.oomKillsLastHour).toBe(1)
  })

  it('tells an endpoint whose name does not resolve', async () => {
    const host = aWorkingHost()
    const { endpoints } = probeOf(await host.run('probe-agent', { ...inputs, Endpoints: 'nothing.invalid:443' }))
    expect(endpoints).toEqual([
      { host: 'nothing.invalid', port: 443, dns: 'failed', connect: 'not-tried', tls: 'not-tried' },
    ])
  })

  it('masks secrets of the log and keeps hostile lines from breaking the JSON', async () => {
    const host = aWorkingHost()
    host.file('/var/log/builder.log', 'token=hunter2hunter2\n"; rm -rf / #\u0001\u001b[31m\n</script>{{x}}\n')
    const { logLines } = probeOf(await host.run('probe-agent', inputs))
    expect(logLines.join('\n')).not.toContain('hunter2')
    expect(logLines.join('\n')).toContain('rm -rf')
  })

  it('stays within what Run Command keeps, however long the log', async () => {
    const host = aWorkingHost()
    host.file('/var/log/builder.log', `${'x'.repeat(4000)}\n`.repeat(300))
    const ran = await host.run('probe-agent', inputs)
    expect(ran.stdout.length).toBeLessThanOrEqual(20_000)
    expect(probeOf(ran).logLines.length).toBeGreaterThan(0)
  })
})
