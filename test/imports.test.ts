import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '..')

/** What each folder of functions/ may import besides itself. A `type` entry admits types alone. */
const allowed: Record<string, { values: string[]; types: string[] }> = {
  domain: { values: [], types: [] },
  host: { values: [], types: [] },
  signals: { values: ['domain'], types: ['aws'] },
  evidence: { values: ['domain'], types: ['aws'] },
  rules: { values: ['domain'], types: [] },
  playbooks: { values: ['domain'], types: [] },
  actions: { values: ['domain'], types: ['aws'] },
  guardrails: { values: ['domain'], types: ['aws'] },
  report: { values: ['domain'], types: ['aws'] },
  steps: {
    values: ['domain', 'signals', 'evidence', 'rules', 'playbooks', 'actions', 'guardrails', 'report'],
    types: ['aws'],
  },
  runtime: { values: ['domain'], types: [] },
  aws: { values: ['domain', 'runtime'], types: ['runtime'] },
  handlers: {
    values: ['domain', 'runtime', 'aws', 'steps', 'evidence', 'rules', 'actions'],
    types: [],
  },
}

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name))

const importsOf = (file: string): { path: string; types: boolean }[] =>
  [...readFileSync(file, 'utf8').matchAll(/^(?:import|export)\s+(type\s+)?[^'"]*?from\s+'(\.[^']+)'/gms)].map(
    ([, type, path]) => ({
      path: resolve(dirname(file), path ?? ''),
      types: type !== undefined,
    }),
  )

describe('imports', () => {
  it.each(Object.keys(allowed))('functions/%s imports only what design.md lets it', (folder) => {
    const wrong = filesBelow(join(root, 'functions', folder)).flatMap((file) =>
      importsOf(file).flatMap(({ path, types }) => {
        const target = relative(join(root, 'functions'), path).split('/')[0] ?? ''
        const rule = allowed[folder]
        const fine = target === folder || rule?.values.includes(target) || (types && rule?.types.includes(target))
        return fine ? [] : [`${relative(root, file)} imports ${relative(root, path)}`]
      }),
    )
    expect(wrong).toEqual([])
  })

  it('has a rule for every folder of functions/', () => {
    const folders = readdirSync(join(root, 'functions'), { withFileTypes: true }).filter((entry) => entry.isDirectory())
    expect(folders.map(({ name }) => name).sort()).toEqual(Object.keys(allowed).sort())
  })
})
