import { createHash } from 'node:crypto'
import type * as z from 'zod/mini'
import { maskDeep } from './mask.ts'
import { parse } from './parse.ts'

/** What a host command printed, or why it can't be used. */
export type HostOutput<T> = { ok: true; value: T } | { ok: false; problem: string }

/**
 * Reads what a host command prints: one line of JSON and one line `sha256:<hex of the JSON line>`. The checksum tells an
 * answer that was cut on its way (GetCommandInvocation keeps 24,000 characters) from a whole one.
 */
export const readHostOutput = <S extends z.core.$ZodType>(schema: S, stdout: string): HostOutput<z.infer<S>> => {
  const [json = '', checksum = ''] = stdout.trimEnd().split('\n').slice(-2)
  if (!checksum.startsWith('sha256:'))
    return { ok: false, problem: 'the output does not end with its checksum: it was cut, or another program wrote it' }
  const digest = createHash('sha256').update(json).digest('hex')
  if (checksum !== `sha256:${digest}`)
    return { ok: false, problem: 'the output does not match its checksum: it was changed or cut on its way' }
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    return { ok: false, problem: 'the output is no JSON' }
  }
  const parsed = parse(schema, maskDeep(value))
  return parsed.ok
    ? parsed
    : { ok: false, problem: `the output does not fit its schema: ${parsed.problems.join('; ')}` }
}
