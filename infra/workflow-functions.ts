import { readFileSync } from 'node:fs'
import { repository } from './handlers.ts'

/** The functions that the workflow's definition names by its `${…FunctionArn}` placeholders, in kebab-case. */
export const invokedFunctions = (): string[] => {
  const text = readFileSync(`${repository}state-machines/remediate.asl.json`, 'utf8')
  const names = [...text.matchAll(/\$\{([A-Za-z]+)FunctionArn\}/g)].map(([, name]) =>
    String(name)
      .replace(/([a-z])([A-Z])/g, '$1-$2')
      .toLowerCase(),
  )
  return [...new Set(names)].sort()
}
