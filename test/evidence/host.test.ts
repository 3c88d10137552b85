import { describe, expect, it } from 'vitest'
import { awsCommandRunner, type CommandOutcome, type CommandRunner } from '../../functions/aws/command-runner.ts'
import type { AgentRef } from '../../functions/domain/agent.ts'
import { PermissionDeniedError, ThrottledError } from '../../functions/domain/errors.ts'
import { poolNamed, profileOf } from '../../functions/domain/load-fleet.ts'
import { probeParameters, readProbe, startProbe } from '../../functions/evidence/host.ts'
import { aClock, aContainer, aFleet, anAgent, start } from '../aws/a-platform.ts'
import { aSimulatedAccount } from './a-simulated-account.ts'

const fleet = aFleet()
const of = ({ pool: name }: AgentRef) => {
  const pool = poolNamed(fleet, name)
  return { pool, profile: profileOf(fleet, pool) }
}
const commands = (fake: Partial<CommandRunner>) => fake as CommandRunner
const running = { status: 'running' as const, commandId: 'c-1', startedAt: start.toISOString(), evidence: null }

describe('starting the probe', () => {
  const startOn = (agent: AgentRef, fake: Partial<CommandRunner>) => {
    const { pool, profile } = of(agent)
    return startProbe(agent, pool, profile, commands(fake), aClock())
  }

  it('asks for what the profile and the pool name', () => {
    const { pool, profile } = of(anAgent())
    expect(probeParameters(pool, profile)).toEqual({
      Unit: 'codepipeline-job-worker.service',
      ConfigPath: '/etc/codepipeline-job-worker/worker.json',
      ConfigParameter: '/agents/linux-builders/config',
      WorkspacePath: '/var/lib/codepipeline-job-worker/workspace',
      LogPath: '/var/log/aws/codepipeline-job-worker/worker.log',
      Endpoints: 'codepipeline.eu-central-1.amazonaws.com:443,s3.eu-central-1.amazonaws.com:443',
    })
  })

  it('keeps the command that is to be read', async () => {
    expect(await startOn(anAgent(), { send: async () => 'c-1' })).toEqual(running)
  })

  it('is done at once, with the reason, where Systems Manager refuses the host', async () => {
    const refused = Object.assign(new Error('not in a valid state'), { name: 'InvalidInstanceId' })
    expect(await startOn(anAgent(), { send: () => Promise.reject(refused) })).toMatchObject({
      status: 'done',
      commandId: null,
      evidence: { status: 'unavailable', channel: 'ssm', reason: 'InvalidInstanceId: not in a valid state' },
    })
  })

  it('is tried again by the state when it was throttled', async () => {
    const throttled = new ThrottledError('Rate exceeded')
    await expect(startOn(anAgent(), { send: () => Promise.reject(throttled) })).rejects.toBe(throttled)
  })

  it('asks no host where the agent has none', async () => {
    expect(await startOn(aContainer(), {})).toMatchObject({ status: 'done', evidence: { status: 'unavailable' } })
  })
})

describe('reading the probe', () => {
  const readAfter = (seconds: number, outcome: () => Promise<CommandOutcome>, probe = running) => {
    const clock = aClock()
    clock.forward(seconds)
    return readProbe(anAgent(), probe, commands({ outcome }), clock)
  }
  const finished = (stdout: string, stderr = ''): CommandOutcome => ({
    status: 'finished',
    succeeded: stderr === '',
    exitCode: stderr ? 1 : 0,
    stdout,
    stderr,
    startedAt: null,
  })

  it('goes on while there is no answer, and gives up in the end', async () => {
    const pending = async () => ({ status: 'pending' as const })
    expect(await readAfter(99, pending)).toEqual(running)
    expect(await readAfter(100, pending)).toMatchObject({
      status: 'done',
      evidence: { status: 'unavailable', reason: 'the probe did not answer within 100 s' },
    })
  })

  it('tells why the host never took it', async () => {
    expect(await readAfter(61, async () => ({ status: 'undelivered', reason: 'DeliveryTimedOut' }))).toMatchObject({
      evidence: { status: 'unavailable', reason: 'DeliveryTimedOut' },
    })
  })

  it('believes no output without its checksum', async () => {
    const { evidence } = await readAfter(5, async () => finished('{"schema":1}', 'No space left on device'))
    expect(evidence).toMatchObject({
      status: 'unavailable',
      reason: expect.stringMatching(/^exit code 1: .*checksum.*\(No space left on device\)$/),
    })
  })

  it('is unavailable where the answer may not be read, and tried again where that may pass', async () => {
    expect(await readAfter(5, () => Promise.reject(new PermissionDeniedError('no')))).toMatchObject({
      status: 'done',
      evidence: { reason: 'PermissionDeniedError: no' },
    })
    await expect(readAfter(5, () => Promise.reject(new ThrottledError('slow')))).rejects.toThrow('slow')
  })
})

describe('the probe on a simulated host', () => {
  const probeOf = async (faults: object[]) => {
    const agent = anAgent()
    const { platform, clock } = aSimulatedAccount({ agents: [{ pool: agent.pool, id: agent.id, faults }] })
    const runner = awsCommandRunner(platform)
    const { pool, profile } = of(agent)
    return clock.until(
      (async () => {
        let probe = await startProbe(agent, pool, profile, runner, clock)
        while (probe.status === 'running') {
          await clock.sleep(5000)
          probe = await readProbe(agent, probe, runner, clock)
        }
        return probe.evidence
      })(),
    )
  }

  it('sees that the service is down', async () => {
    expect(await probeOf([{ kind: 'service-stopped' }])).toMatchObject({
      status: 'observed',
      channel: 'ssm',
      value: { service: { unit: 'codepipeline-job-worker.service', state: 'inactive' } },
    })
  })

  it('is not answered by a host that Run Command does not reach', async () => {
    expect(await probeOf([{ kind: 'ssm-agent-dead' }])).toMatchObject({
      status: 'unavailable',
      reason: expect.stringContaining('DeliveryTimedOut'),
    })
  })
})
