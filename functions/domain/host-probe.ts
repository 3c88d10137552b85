import * as z from 'zod/mini'

const count = z.int().check(z.nonnegative())
const percent = z.number().check(z.minimum(0), z.maximum(100))

/** One TCP and TLS attempt from the host to an endpoint that its agent needs. */
export const endpointProbe = z.object({
  host: z.string(),
  port: z.int(),
  /** `resolved`, or why the name does not resolve. */
  dns: z.enum(['resolved', 'failed']),
  connect: z.enum(['connected', 'refused', 'timed-out', 'not-tried']),
  tls: z.enum(['verified', 'failed', 'not-tried']),
})

/**
 * What `functions/host/probe-agent.sh` prints: one JSON object, the same from every host. A value that the host could not
 * read is null and never a guess, so that a rule can tell "well" from "not known".
 */
export const hostProbe = z.object({
  schema: z.literal(1),
  bootId: z.nullable(z.string()),
  uptimeSeconds: z.nullable(count),
  /** Seconds since the epoch by the host's own clock. */
  epochSeconds: z.int(),
  service: z.object({
    unit: z.string(),
    /** systemd's LoadState: `loaded`, `not-found`, `masked`, `error`. */
    load: z.nullable(z.string()),
    /** systemd's ActiveState: `active`, `inactive`, `failed`, `activating`, `deactivating`. */
    state: z.nullable(z.string()),
    /** systemd's UnitFileState: `enabled`, `disabled`, `static`. */
    enabled: z.nullable(z.string()),
    /** systemd's Result of the last stop: `success`, `exit-code`, `oom-kill`, `signal`, `start-limit-hit`. */
    result: z.nullable(z.string()),
    /** NRestarts: automatic restarts since the unit was last started by hand. */
    restarts: z.nullable(count),
    /** ExecMainStatus: exit code of the main process; a signal as 128 + its number (137 is SIGKILL). */
    exitCode: z.nullable(z.int()),
    mainPid: z.nullable(count),
    activeSinceEpochSeconds: z.nullable(z.int()),
  }),
  disks: z.array(
    z.object({ mount: z.string(), usedPercent: percent, freeBytes: count, inodesUsedPercent: z.nullable(percent) }),
  ),
  memory: z.object({
    totalBytes: z.nullable(count),
    availableBytes: z.nullable(count),
    /** Kernel OOM kills in the last hour, from the kernel log; null when it can't be read. */
    oomKillsLastHour: z.nullable(count),
  }),
  load: z.object({ cpus: z.nullable(count), oneMinute: z.nullable(z.number()) }),
  /** Offset of the host's clock against its time source, positive when it is ahead; null without chrony or timesyncd. */
  clock: z.object({ synchronised: z.nullable(z.boolean()), offsetSeconds: z.nullable(z.number()) }),
  config: z.object({
    path: z.nullable(z.string()),
    exists: z.nullable(z.boolean()),
    /** Whether the file equals the copy in Parameter Store, compared on the host with its own role; null: not compared. */
    matchesStored: z.nullable(z.boolean()),
    /** Why the comparison was not made. */
    comparison: z.nullable(z.string()),
  }),
  endpoints: z.array(endpointProbe),
  /** The last lines of the agent's log, oldest first, secrets masked. */
  logLines: z.array(z.string()),
})
export type HostProbe = z.infer<typeof hostProbe>

export const smokeTestName = z.enum(['service-up', 'endpoints-answer', 'clock-right', 'disk-free', 'synthetic-job'])

/** What `functions/host/smoke-test.sh` prints. `not-run` is never read as `passed`. */
export const hostSmokeTest = z.object({
  schema: z.literal(1),
  tests: z.array(
    z.object({ name: smokeTestName, result: z.enum(['passed', 'failed', 'not-run']), detail: z.string() }),
  ),
})
export type HostSmokeTest = z.infer<typeof hostSmokeTest>

/** What every changing host command prints. `already-run` is the second call with an action id that has a result. */
export const hostCommandResult = z.object({
  schema: z.literal(1),
  actionId: z.string(),
  command: z.string(),
  result: z.enum(['changed', 'unchanged', 'failed']),
  detail: z.string(),
  /** The host's boot id before a reboot or the freed bytes: facts that the check step may need. */
  facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
})
export type HostCommandResult = z.infer<typeof hostCommandResult>
