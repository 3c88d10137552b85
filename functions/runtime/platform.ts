import { randomUUID } from 'node:crypto'
import type { Clock, NewId } from '../domain/time.ts'

/** What every SDK client offers to a seam; the replay adds its middleware here. */
export interface SdkClient {
  middlewareStack: { add(middleware: never, options: never): void }
}

/** Where SDK clients get their configuration from. On AWS it adds nothing: region and credentials come from the function. */
export interface ClientSeam {
  /** Extra constructor properties for the client of `service`, such as an endpoint or a retry strategy. */
  configuration(service: string, maxAttempts: number): Record<string, unknown>
  /** Called once with each client that was made. */
  attach(service: string, client: SdkClient): void
}

/** All that a function takes from the world around it. */
export interface Platform {
  environment: Readonly<Record<string, string | undefined>>
  clock: Clock
  newId: NewId
  clients: ClientSeam
}

const lambda: Platform = {
  environment: process.env,
  clock: { now: () => new Date() },
  newId: randomUUID,
  clients: { configuration: () => ({}), attach: () => {} },
}

let lookup: () => Platform = () => lambda

/** The platform of the running invocation: Lambda's own unless a replay has put another in its place. */
export const currentPlatform = (): Platform => lookup()

/** Lets the replay decide the platform for each invocation. Nothing in `functions/` calls it. */
export const providePlatform = (replacement: () => Platform): void => {
  lookup = replacement
}
