import { describe, expect, it } from 'vitest'
import { smokeTestOf } from './support/read-result.ts'
import { aHost } from './support/scratch-host.ts'

const workspace = '/var/lib/builder/work'
const inputs = {
  Unit: 'builder.service',
  MinFreePercent: '10',
  MaxClockOffsetSeconds: '120',
  WorkspacePath: workspace,
  SyntheticJob: 'workspace-write',
}
const aWorkingHost = () => {
  const host = aHost()
  host.unit()
  host.file(`${workspace}/keep`, '')
  return host
}
const resultsOf = (ran: Parameters<typeof smokeTestOf>[0]) =>
  Object.fromEntries(smokeTestOf(ran).tests.map(({ name, result }) => [name, result]))

describe('smoke-test', () => {
  it('tells all five tests, runs the job and leaves nothing behind, twice in a row', async () => {
    const host = aWorkingHost()
    for (let run = 0; run < 2; run += 1) {
      const results = resultsOf(await host.run('smoke-test', inputs))
      expect(Object.keys(results)).toEqual([
        'service-up',
        'endpoints-answer',
        'clock-right',
        'disk-free',
        'synthetic-job',
      ])
      expect(results).toMatchObject({ 'service-up': 'passed', 'disk-free': 'passed', 'synthetic-job': 'passed' })
    }
    expect(host.has(`${workspace}/keep`)).toBe(true)
    expect(
      (await host.bash(['-c', `find "$AGENT_MEDIC_ROOT${workspace}" -type f`])).stdout.trim().split('\n'),
    ).toHaveLength(1)
  })

  it('fails a unit that is down, and one whose process is another each time', async () => {
    const host = aWorkingHost()
    host.unit({ ActiveState: 'failed', Result: 'exit-code', MainPID: 0 })
    expect(resultsOf(await host.run('smoke-test', inputs))['service-up']).toBe('failed')
    host.unit()
    host.set('on-start', 'flapping')
    expect(resultsOf(await host.run('smoke-test', inputs))['service-up']).toBe('failed')
  })

  it('fails a disk with too little room', async () => {
    const host = aWorkingHost()
    host.set('df', '97% 500 7% /\n')
    expect(resultsOf(await host.run('smoke-test', inputs))['disk-free']).toBe('failed')
  })

  it('says not-run, and never passed, of what it could not try', async () => {
    const host = aWorkingHost()
    const results = resultsOf(await host.run('smoke-test', { ...inputs, SyntheticJob: 'none' }))
    expect(results).toMatchObject({
      'endpoints-answer': 'not-run',
      'clock-right': 'not-run',
      'synthetic-job': 'not-run',
    })
  })

  it('fails an endpoint whose name does not resolve', async () => {
    const host = aWorkingHost()
    const ran = await host.run('smoke-test', { ...inputs, Endpoints: 'nothing.invalid:443' })
    expect(smokeTestOf(ran).tests[1]).toMatchObject({
      result: 'failed',
      detail: expect.stringContaining('does not resolve'),
    })
  })

  it('fails a job whose workspace can not be written', async () => {
    const host = aWorkingHost()
    host.file('/var/lib/blocked', 'a file where a folder should be')
    const ran = await host.run('smoke-test', { ...inputs, WorkspacePath: '/var/lib/blocked/work' })
    expect(smokeTestOf(ran).tests[4]).toMatchObject({ name: 'synthetic-job', result: 'failed' })
  })
})
