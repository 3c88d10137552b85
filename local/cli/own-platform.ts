import { randomUUID } from 'node:crypto'
import type { Platform } from '../../functions/runtime/platform.ts'

/** What the gateways take when a command of the on-call uses them: his own environment and credentials. */
export const ownPlatform: Platform = {
  environment: process.env,
  clock: { now: () => new Date() },
  newId: randomUUID,
  clients: { configuration: () => ({}), attach: () => {} },
}
