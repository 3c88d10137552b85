import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Fleet } from '../../functions/domain/fleet.ts'
import { parseFleet } from '../../functions/domain/load-fleet.ts'
import { parseWorld, type World } from '../fleet/world.ts'

export const repository = fileURLToPath(new URL('../..', import.meta.url))
const eventsFolder = join(repository, 'events')

/** What is replayed: an event, the account in which it happens, and the fleet that is configured. */
export interface Scenario {
  name: string
  event: Record<string, unknown>
  world: World
  fleet: Fleet
  fleetFile: string
  expected: Expected | null
}

/** What expected.json says of the replay; written before it first ran. */
export interface Expected {
  outcome: string
  cause?: string
  actions?: { kind: string; outcome: string }[]
  gate?: { decision: string } | null
  attempts?: number
  deliveries?: string[]
  /** How each incident ended, in the order of opening, where there are several. */
  /** Topic of each message that people got, in order. */
  topics?: string[]
  incidents?: { subject: string; outcome: string; cause?: string }[]
}

/** Wrong arguments or a file that can't be read: the message says what and where, the exit status is 2. */
export class UsageError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'UsageError'
  }
}

const readJson = (file: string): unknown => {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw new UsageError(`${file}: can't be read: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    })
  }
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new UsageError(`${file}: is not JSON: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    })
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const scenarioNames = (): string[] =>
  readdirSync(eventsFolder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(eventsFolder, entry.name, 'event.json')))
    .map(({ name }) => name)
    .sort()

/** An event of a user's own, without a world, comes into an account without agents: it is read, and its agent is unknown. */
const emptyWorld: World = {
  description:
    'No world was given, so the simulated account has no agents; give one with --world (events/*/world.json are samples).',
  agents: [],
  groups: [],
  apiFaults: [],
  timeline: [],
  modes: [],
  decisions: [],
  calendars: [],
  alike: [],
  sweepMinutes: 0,
  deliveries: [0],
}

/** Reads a scenario by name, or an event by path. Throws UsageError with file and problem. */
export const loadScenario = (named: string, options: { fleet?: string; world?: string }): Scenario => {
  const isName = scenarioNames().includes(named)
  const file = isName ? join(eventsFolder, named, 'event.json') : resolve(named)
  if (!isName && !existsSync(file))
    throw new UsageError(`"${named}" is neither a scenario nor a file; npm run replay -- --list shows the scenarios`)
  const event = readJson(file)
  if (!isObject(event)) throw new UsageError(`${file}: an event is a JSON object, as EventBridge delivers it`)
  const fleetFile = options.fleet ? resolve(options.fleet) : join(repository, 'fleet.json')
  const worldFile = options.world ? resolve(options.world) : join(dirname(file), 'world.json')
  const given = options.world !== undefined || existsSync(worldFile)
  const expectedFile = join(dirname(file), 'expected.json')
  return {
    name: isName ? named : basename(file),
    event,
    world: given ? usable(() => parseWorld(readJson(worldFile), worldFile)) : emptyWorld,
    fleet: usable(() => parseFleet(readJson(fleetFile))),
    fleetFile,
    expected: isName && existsSync(expectedFile) ? (readJson(expectedFile) as Expected) : null,
  }
}

const usable = <T>(read: () => T): T => {
  try {
    return read()
  } catch (error) {
    if (error instanceof UsageError) throw error
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error })
  }
}
