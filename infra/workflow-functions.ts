import { readFileSync } from 'node:fs'
import { repository } from './handlers.ts'

export const workflowNames = ['remediate', 'sweep'] as const
export type WorkflowName = (typeof workflowNames)[number]

/** The functions that a workflow's definition names by its `${…FunctionArn}` placeholders, in kebab-case. */
export const invokedFunctions = (workflow: WorkflowName): string[] => {
  const text = readFileSync(`${repository}state-machines/${workflow}.asl.json`, 'utf8')
  const names = [...text.matchAll(/\$\{([A-Za-z]+)FunctionArn\}/g)].map(([, name]) =>
    String(name)
      .replace(/([a-z])([A-Z])/g, '$1-$2')
      .toLowerCase(),
  )
  return [...new Set(names)].sort()
}
