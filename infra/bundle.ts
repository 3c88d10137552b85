import { copyFileSync, mkdirSync, rmSync } from 'node:fs'
import { type BuildOptions, buildSync } from 'esbuild'
import { handlerNames, handlersFolder } from './handlers.ts'

/**
 * How every Lambda is bundled. CommonJS from the packages' ES modules loads about twice as fast as esbuild's default for
 * `platform: node`, which takes the CommonJS builds of the SDK (aws-facts, measured by `npm run bench`).
 */
export const bundleOptions = {
  bundle: true,
  minify: true,
  platform: 'node',
  target: 'node24',
  format: 'cjs',
  mainFields: ['module', 'main'],
  legalComments: 'none',
  logLevel: 'error',
} satisfies BuildOptions

/** Bundles each handler into `<folder>/<name>/index.js`, with the fleet configuration beside it. Answers name → folder. */
export const bundleHandlers = (folder: string, fleetFile: string, names = handlerNames()): Map<string, string> => {
  rmSync(folder, { recursive: true, force: true })
  buildSync({
    ...bundleOptions,
    entryPoints: names.map((name) => ({ in: `${handlersFolder}/${name}.ts`, out: `${name}/index` })),
    outdir: folder,
  })
  for (const name of names) {
    mkdirSync(`${folder}/${name}`, { recursive: true })
    copyFileSync(fleetFile, `${folder}/${name}/fleet.json`)
  }
  return new Map(names.map((name) => [name, `${folder}/${name}`]))
}
