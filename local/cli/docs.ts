import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { generatedFiles } from '../docs/generated.ts'
import { repository } from '../replay/scenario.ts'

/** `npm run docs` writes what is generated; `npm run docs -- --check` fails when it is stale. */
const check = process.argv.includes('--check')
const stale: string[] = []
for (const [path, content] of Object.entries(generatedFiles())) {
  const file = join(repository, path)
  if (check && readFileSync(file, 'utf8') !== content) stale.push(path)
  if (!check) writeFileSync(file, content)
}
if (stale.length > 0) {
  process.stderr.write(`stale: ${stale.join(', ')}; run npm run docs\n`)
  process.exitCode = 1
}
