import { expect } from 'vitest'
import { readHostOutput } from '../../../functions/domain/host-output.ts'
import { hostCommandResult, hostProbe, hostSmokeTest } from '../../../functions/domain/host-probe.ts'
import type { Ran } from './scratch-host.ts'

/** What the command printed, read as the product reads it: checksum and schema included. */
const reader =
  <S extends Parameters<typeof readHostOutput>[0]>(schema: S) =>
  ({ stdout, stderr }: Ran) => {
    expect(stdout.length).toBeLessThanOrEqual(20_000)
    expect(stdout.trimEnd().split('\n')).toHaveLength(2)
    const output = readHostOutput(schema, stdout)
    if (!output.ok) throw new Error(`${output.problem}\n${stdout}\n${stderr}`)
    return output.value
  }

export const resultOf = reader(hostCommandResult)
export const probeOf = reader(hostProbe)
export const smokeTestOf = reader(hostSmokeTest)
