import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export const repository = fileURLToPath(new URL('..', import.meta.url))
export const handlersFolder = `${repository}functions/handlers`

/** The Lambdas are the files in functions/handlers: `open-incident.ts` is the function `open-incident`. */
export const handlerNames = (): string[] =>
  readdirSync(handlersFolder)
    .filter((file) => file.endsWith('.ts'))
    .map((file) => file.slice(0, -3))
    .sort()

/** `open-incident` → `OpenIncident`: how the workflow's placeholder `${OpenIncidentFunctionArn}` names it. */
export const pascalCase = (name: string): string =>
  name.replace(/(^|-)([a-z])/g, (_, __, letter: string) => letter.toUpperCase())

/**
 * Seconds that a function may run. A Task's TimeoutSeconds in the workflow is longer, so that a retry never runs beside
 * the first; a test holds the two together.
 */
export const functionTimeoutSeconds = (name: string): number => seconds[name] ?? 30

const seconds: Record<string, number> = {
  'publish-report': 45,
  // The sweep's steps look at the whole fleet.
  'close-lost-incidents': 60,
  'repeat-decisions': 60,
  'find-unattended': 60,
}
