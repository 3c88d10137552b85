import { readFileSync } from 'node:fs'
import { FleetConfigurationError } from '../domain/errors.ts'
import type { Fleet } from '../domain/fleet.ts'
import { parseFleet } from '../domain/load-fleet.ts'

/**
 * Reads the fleet configuration that was deployed beside the code: both change together, and no call can fail or lag.
 * Throws FleetConfigurationError with every problem; it was checked at synth already, and is checked again here.
 */
export const readFleetFile = (path: string): Fleet => {
  let json: unknown
  try {
    json = JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    throw new FleetConfigurationError(
      [`${path} can't be read as JSON: ${error instanceof Error ? error.message : String(error)}`],
      { cause: error },
    )
  }
  return parseFleet(json)
}
