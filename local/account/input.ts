import * as z from 'zod/mini'
import { parse } from '../../functions/domain/parse.ts'
import { notModelled, serviceError } from './errors.ts'

/** One modelled operation: what of its input is modelled, and what it does. */
export interface Operation {
  run(input: unknown): object
}

/**
 * An operation with its input's schema. A field that the schema does not know is one that the account would silently ignore,
 * so it refuses; a value that the service would refuse is refused with the service's validation error.
 */
export const operation = <S extends z.core.$ZodType>(
  service: string,
  name: string,
  schema: S,
  run: (input: z.infer<S>) => object,
): Operation => ({
  run(input) {
    const parsed = parse(schema, JSON.parse(JSON.stringify(input ?? {}), reviveDates))
    if (parsed.ok) return run(parsed.value)
    const unknown = parsed.problems.filter((problem) => problem.includes('unknown key'))
    if (unknown.length > 0) throw notModelled(service, `${name} with ${unknown.join('; ')}`)
    throw serviceError(
      service === 'ec2' ? 'InvalidParameterValue' : 'ValidationException',
      `${name}: ${parsed.problems.join('; ')}`,
    )
  },
})

/** JSON turns dates to text; the models want them back. */
const reviveDates = (_key: string, value: unknown): unknown =>
  typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value) ? new Date(value) : value

export const ids = (pattern: RegExp, max = 50) =>
  z.array(z.string().check(z.regex(pattern))).check(z.minLength(1), z.maxLength(max))
export const date = z.date()
export { z }
