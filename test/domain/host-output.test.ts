import { createHash } from 'node:crypto'
import { expect, it } from 'vitest'
import * as z from 'zod/mini'
import { readHostOutput } from '../../functions/domain/host-output.ts'

const schema = z.object({ schema: z.literal(1), used: z.number() })
const printed = (json: string) => `${json}\nsha256:${createHash('sha256').update(json).digest('hex')}\n`
const problemOf = (stdout: string) => {
  const output = readHostOutput(schema, stdout)
  return output.ok ? 'none' : output.problem
}

it('reads the JSON line when its checksum fits, with and without the last newline', () => {
  const stdout = printed('{"schema":1,"used":42}')
  expect(readHostOutput(schema, stdout)).toEqual({ ok: true, value: { schema: 1, used: 42 } })
  expect(readHostOutput(schema, stdout.trimEnd())).toEqual({ ok: true, value: { schema: 1, used: 42 } })
})

it('reads the last two lines when something else printed before them', () => {
  expect(readHostOutput(schema, `Welcome!\n${printed('{"schema":1,"used":42}')}`)).toMatchObject({ ok: true })
})

it('says that an output without a checksum was cut', () => {
  expect(problemOf(printed('{"schema":1,"used":42}').slice(0, 15))).toMatch(/cut/)
  expect(problemOf('')).toMatch(/cut/)
})

it('refuses a line that was changed, or cut within its checksum', () => {
  const stdout = printed('{"schema":1,"used":42}')
  expect(problemOf(stdout.replace('42', '41'))).toMatch(/does not match its checksum/)
  expect(problemOf(stdout.slice(0, -5))).toMatch(/does not match its checksum/)
})

it('says when a whole answer is no JSON or does not fit, by path and without the value', () => {
  expect(problemOf(printed('not json'))).toMatch(/no JSON/)
  expect(problemOf(printed('{"schema":1,"used":"hunter2"}'))).toMatch(/used/)
  expect(problemOf(printed('{"schema":1,"used":"hunter2"}'))).not.toMatch(/hunter2/)
})
