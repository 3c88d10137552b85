import { describe, expect, it } from 'vitest'
import { aHost } from './support/scratch-host.ts'

const valid: Record<string, Record<string, string>> = {
  'probe-agent': { Unit: 'builder.service' },
  'restart-service': { ActionId: 'act-1', Unit: 'builder.service' },
  'stop-service': { ActionId: 'act-1', Unit: 'builder.service' },
  'start-service': { ActionId: 'act-1', Unit: 'builder.service' },
  'free-disk-space': { ActionId: 'act-1', Unit: 'builder.service', WorkspacePath: '/srv/builds', MaxAgeHours: '24' },
  'restore-config': {
    ActionId: 'act-1',
    Unit: 'builder.service',
    ConfigPath: '/etc/builder/builder.toml',
    ConfigParameter: '/agents/linux/config',
  },
  'reinstall-agent': { ActionId: 'act-1', Unit: 'builder.service', Package: 'builder' },
  'smoke-test': { Unit: 'builder.service', MinFreePercent: '10', MaxClockOffsetSeconds: '120' },
}
const required = Object.entries(valid).flatMap(([command, inputs]) =>
  Object.keys(inputs).map((name) => [command, name]),
)

/** Runs with one input changed, and expects the command to end before it looks at the host. */
const refusal = async (command: string, change: Record<string, string>, without?: string) => {
  const host = aHost()
  const inputs: Record<string, string> = { ...valid[command], ...change }
  if (without) delete inputs[without]
  const ran = await host.run(command, inputs)
  expect(ran).toMatchObject({ status: 64, stdout: '' })
  expect(host.calls('systemctl')).toEqual([])
  expect(host.has('/run/agent-medic')).toBe(false)
  return ran.stderr
}

describe('a required input', () => {
  it.each(required)('of %s, when %s is not set, names the old SSM agent as a cause', async (command, name) => {
    const message = await refusal(command as string, {}, name)
    expect(message).toContain(`SSM_${name} is not set`)
    expect(message).toContain('3.3.2746.0')
  })

  it.each(required)('of %s, when %s is empty, is told so', async (command, name) => {
    expect(await refusal(command as string, { [name as string]: '' })).toContain(`SSM_${name} is empty`)
  })
})

describe('an input that does not fit', () => {
  it.each([
    ['restart-service', 'Unit', 'x.service; reboot'],
    ['restart-service', 'Unit', '--force'],
    ['restart-service', 'Unit', 'x.service\ny.service'],
    ['restart-service', 'ActionId', '../../etc'],
    ['restart-service', 'ActionId', 'a'.repeat(65)],
    ['restore-config', 'ConfigParameter', '--name'],
    ['restore-config', 'ConfigPath', 'etc/x'],
    ['restore-config', 'ConfigPath', '/etc/builder/../passwd'],
    ['restore-config', 'ConfigPath', '/etc/builder/$(id)'],
    ['reinstall-agent', 'Package', '-o=Dir'],
    ['reinstall-agent', 'Package', './x.deb'],
    ['reinstall-agent', 'Version', '1.0 2.0'],
    ['free-disk-space', 'MaxAgeHours', '0'],
    ['free-disk-space', 'MaxAgeHours', '1e3'],
    ['probe-agent', 'Endpoints', 'example.com'],
    ['probe-agent', 'Endpoints', 'example.com:443;id'],
    ['smoke-test', 'SyntheticJob', 'anything'],
    ['smoke-test', 'MinFreePercent', '100'],
  ])('of %s is refused by name and without its value: %s=%s', async (command, name, value) => {
    const message = await refusal(command, { [name]: value })
    expect(message).toContain(`SSM_${name}`)
    // A single digit stands in the pattern that the message gives.
    if (value.length > 1) expect(message).not.toContain(value)
  })

  it.each([
    '/etc/shadow',
    '/etc/sudoers.d/x',
    '/etc/systemd/system/x.service',
    '/etc/cron.d/x',
    '/root/.ssh/authorized_keys',
    '/home/builder/.ssh/authorized_keys',
    '/usr/local/bin/x',
    '/usr/lib/systemd/system/x',
  ])('%s is no configuration of an agent', async (path) => {
    expect(await refusal('restore-config', { ConfigPath: path })).toContain('file of the system')
  })

  it.each([
    '/',
    '/builds',
    '/etc/builds',
    '/usr/share',
    '/var/lib',
    '/var/lib/',
    '/var/log/builds',
    '/proc/1/root',
    '/run/builds',
  ])('%s is no workspace', async (path) => {
    expect(await refusal('free-disk-space', { WorkspacePath: path })).toContain('SSM_WorkspacePath')
  })
})
