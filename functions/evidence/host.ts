import type { CommandOutcome, CommandRunner } from '../aws/command-runner.ts'
import type { AgentRef } from '../domain/agent.ts'
import { ThrottledError, TransientError } from '../domain/errors.ts'
import { observed, unavailable } from '../domain/evidence.ts'
import type { AgentProfile, Pool } from '../domain/fleet.ts'
import { readHostOutput } from '../domain/host-output.ts'
import { hostProbe } from '../domain/host-probe.ts'
import { maskSecrets } from '../domain/mask.ts'
import { type Clock, secondsBetween } from '../domain/time.ts'
import type { Probing } from '../domain/workflow.ts'

const source = 'host probe'
/** The probe itself takes up to half a minute, its delivery up to a minute. */
const patienceSeconds = 100

export const probeParameters = (pool: Pool, { host }: AgentProfile): Record<string, string> => ({
  Unit: host?.unit ?? '',
  ConfigPath: host?.configPath ?? '',
  ConfigParameter: pool.state.configParameter ?? '',
  WorkspacePath: host?.workspacePath ?? '',
  LogPath: host?.logPath ?? '',
  Endpoints: pool.endpoints.join(','),
})

type HostProbeState = Probing['hostProbe']

/** Sends the probe. A host that Systems Manager refuses is unavailable at once; throttling is thrown. */
export const startProbe = async (
  agent: AgentRef,
  pool: Pool,
  profile: AgentProfile,
  commands: CommandRunner,
  clock: Clock,
): Promise<HostProbeState> => {
  const now = clock.now()
  const none = (reason: string): HostProbeState => ({
    status: 'done',
    commandId: null,
    startedAt: now.toISOString(),
    evidence: unavailable(now, 'ssm', source, reason),
  })
  if (!profile.host) return none(`${agent.model} agents have no host of their own to ask`)
  try {
    const commandId = await commands.send(agent, 'probe-agent', probeParameters(pool, profile), 'agent-medic probe')
    return { status: 'running', commandId, startedAt: now.toISOString(), evidence: null }
  } catch (error) {
    if (error instanceof ThrottledError || error instanceof TransientError) throw error
    return none(error instanceof Error ? `${error.name}: ${error.message}` : String(error))
  }
}

/** Reads the probe's answer; `running` until it is there or its time is over. */
export const readProbe = async (
  agent: AgentRef,
  probe: HostProbeState,
  commands: CommandRunner,
  clock: Clock,
): Promise<HostProbeState> => {
  const now = clock.now()
  const done = (evidence: HostProbeState['evidence']): HostProbeState => ({ ...probe, status: 'done', evidence })
  if (probe.commandId === null) return done(unavailable(now, 'ssm', source, 'no probe was sent'))
  let outcome: CommandOutcome
  try {
    outcome = await commands.outcome(agent, probe.commandId)
  } catch (error) {
    if (error instanceof ThrottledError || error instanceof TransientError) throw error
    return done(
      unavailable(now, 'ssm', source, error instanceof Error ? `${error.name}: ${error.message}` : String(error)),
    )
  }
  switch (outcome.status) {
    case 'pending':
      if (secondsBetween(probe.startedAt, now) < patienceSeconds) return probe
      return done(unavailable(now, 'ssm', source, `the probe did not answer within ${patienceSeconds} s`))
    case 'undelivered':
      return done(unavailable(now, 'ssm', source, outcome.reason))
    case 'finished': {
      const read = readHostOutput(hostProbe, outcome.stdout)
      if (read.ok) return done(observed(now, 'ssm', source, read.value))
      return done(
        unavailable(
          now,
          'ssm',
          source,
          `exit code ${outcome.exitCode}: ${read.problem}${outcome.stderr ? ` (${maskSecrets(outcome.stderr).slice(0, 200)})` : ''}`,
        ),
      )
    }
  }
}
