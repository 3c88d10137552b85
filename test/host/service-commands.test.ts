import { describe, expect, it } from 'vitest'
import { resultOf } from './support/read-result.ts'
import { aHost } from './support/scratch-host.ts'

const unit = 'builder.service'
const dropIn = `/run/systemd/system/${unit}.d/50-agent-medic-quarantine.conf`
const as = (ActionId: string) => ({ ActionId, Unit: unit })

describe('restart-service', () => {
  it('clears the start limit, restarts, and reports the unit before and after', async () => {
    const host = aHost()
    host.file('/proc/sys/kernel/random/boot_id', '8a6e12f0-4c0d-4b39-9f5c-0d7f2f1a5b3e\n')
    host.unit({ ActiveState: 'failed', Result: 'start-limit-hit', NRestarts: 5, MainPID: 0 })
    const ran = await host.run('restart-service', as('act-1'))
    expect(ran.status).toBe(0)
    expect(resultOf(ran)).toMatchObject({
      command: 'restart-service',
      actionId: 'act-1',
      result: 'changed',
      facts: {
        bootId: '8a6e12f0-4c0d-4b39-9f5c-0d7f2f1a5b3e',
        stateBefore: 'failed',
        restartsBefore: 5,
        stateAfter: 'active',
        mainPid: 1000,
      },
    })
    const verbs = host.calls('systemctl').map((call) => call.split(' ')[0])
    expect(verbs.indexOf('reset-failed')).toBeLessThan(verbs.indexOf('restart'))
  })

  it.each(['failing', 'looping', 'flapping'])('fails when the unit comes up %s', async (start) => {
    const host = aHost({ 'on-start': start })
    host.unit({ ActiveState: 'inactive' })
    const ran = await host.run('restart-service', as('act-1'))
    expect(ran.status).toBe(1)
    expect(resultOf(ran)).toMatchObject({ result: 'failed', detail: expect.stringContaining('is not up') })
  })

  it.each([
    ['a unit that is not there', {}, 'not-found'],
    ['a masked unit', { LoadState: 'masked' }, 'masked'],
  ])('fails and starts nothing for %s', async (_, properties, word) => {
    const host = aHost()
    host.unit(properties, word === 'masked' ? unit : 'other.service')
    const ran = await host.run('restart-service', as('act-1'))
    expect(resultOf(ran)).toMatchObject({ result: 'failed', detail: expect.stringContaining(word) })
    expect(host.calls('systemctl').filter((call) => call.startsWith('restart'))).toEqual([])
  })

  it('says so where there is no systemctl', async () => {
    const host = aHost()
    host.without('systemctl')
    expect(resultOf(await host.run('restart-service', as('act-1'))).detail).toContain('not installed')
  })
})

describe('stop-service and start-service', () => {
  it('stop holds the unit down until start lifts it', async () => {
    const host = aHost()
    host.unit()
    expect(resultOf(await host.run('stop-service', as('act-1')))).toMatchObject({
      result: 'changed',
      facts: { stateBefore: 'active', stateAfter: 'inactive', dropIn },
    })
    expect(host.read(dropIn)).toContain(`AssertPathExists=!${dropIn}`)
    expect(resultOf(await host.run('restart-service', as('act-2')))).toMatchObject({ result: 'failed' })

    expect(resultOf(await host.run('start-service', as('act-3')))).toMatchObject({
      result: 'changed',
      facts: { stateAfter: 'active' },
    })
    expect(host.has(dropIn)).toBe(false)
  })

  it('change nothing the second time', async () => {
    const host = aHost()
    host.unit()
    const stopped = await host.run('stop-service', as('act-1'))
    expect(await host.run('stop-service', as('act-1'))).toEqual(stopped)
    expect(resultOf(await host.run('stop-service', as('act-2'))).result).toBe('unchanged')
    const started = await host.run('start-service', as('act-3'))
    expect(await host.run('start-service', as('act-3'))).toEqual(started)
    expect(resultOf(await host.run('start-service', as('act-4'))).result).toBe('unchanged')
  })

  it('stop fails while the unit is still stopping, and holds it down all the same', async () => {
    const host = aHost({ 'stop-hangs': '' })
    host.unit()
    const ran = await host.run('stop-service', as('act-1'))
    expect(resultOf(ran)).toMatchObject({ result: 'failed', detail: expect.stringContaining('deactivating') })
    expect(host.has(dropIn)).toBe(true)
  })

  it('start fails when the unit does not stay up', async () => {
    const host = aHost({ 'on-start': 'looping' })
    host.unit({ ActiveState: 'inactive' })
    expect(await host.run('start-service', as('act-1'))).toMatchObject({ status: 1 })
  })

  it.each(['amazon-ssm-agent.service', 'amazon-ssm-agent', 'snap.amazon-ssm-agent.amazon-ssm-agent.service'])(
    'stop refuses %s, the way back',
    async (Unit) => {
      const ran = await aHost().run('stop-service', { ActionId: 'act-1', Unit })
      expect(ran).toMatchObject({ status: 64, stderr: expect.stringContaining('SSM agent') })
    },
  )
})
