import type * as z from 'zod/mini'
import type { channel } from '../domain/channel.ts'
import { ThrottledError, TransientError } from '../domain/errors.ts'
import { observed, unavailable } from '../domain/evidence.ts'

/**
 * A part of the evidence from one reading. What may pass is thrown, so that the state tries again; what is denied or not
 * there is told as unavailable with its reason.
 */
export const partOf = async <T>(at: Date, via: z.infer<typeof channel>, source: string, read: () => Promise<T>) => {
  try {
    return observed(at, via, source, await read())
  } catch (error) {
    if (error instanceof ThrottledError || error instanceof TransientError) throw error
    return unavailable(at, via, source, error instanceof Error ? `${error.name}: ${error.message}` : String(error))
  }
}
