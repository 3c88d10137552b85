import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod/mini'
import { fleet } from '../../functions/domain/fleet.ts'
import { earlyWarnings } from '../../functions/domain/signal.ts'
import { playbooks } from '../../functions/playbooks/index.ts'
import { readers } from '../../functions/signals/readers.ts'
import { definition } from '../replay/replay.ts'
import { repository } from '../replay/scenario.ts'
import { workflowDiagram } from './workflow-diagram.ts'

/** Replaces what stands between the markers `<!-- name -->` and `<!-- /name -->`. Throws when the file has no such markers. */
const between = (text: string, name: string, content: string): string => {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`]
  const from = text.indexOf(begin)
  const to = text.indexOf(end)
  if (from < 0 || to < from) throw new Error(`docs/architecture.md has no markers ${begin} and ${end}`)
  return `${text.slice(0, from + begin.length)}\n\n${content}\n\n${text.slice(to)}`
}

const ladders = (): string =>
  [
    '| cause | ladder |',
    '| --- | --- |',
    ...Object.values(playbooks).map(({ cause, rungs }) => {
      // A rung may stand twice, once for agents with a registration and once for those without.
      const steps = rungs.map(({ id, gate }) => `${id} (${gate})`)
      return `| ${cause} | ${steps.length > 0 ? `${[...new Set(steps)].join(', ')}, quarantine` : 'a person is told'} |`
    }),
  ].join('\n')

/** One row per reader: the table is the registry. */
const signals = (): string =>
  [
    '| signal | event | heard when; whose |',
    '| --- | --- | --- |',
    ...readers
      .filter(({ source }) => source.startsWith('aws.'))
      .map(({ kinds, source, detailType, calls, hears }) => {
        const names = kinds.map((kind) => (earlyWarnings.has(kind) ? `${kind} *` : kind)).join(', ')
        const event = calls ? calls.join(', ') : detailType
        return `| ${names} | \`${source}\`: ${event} | ${hears} |`
      }),
  ].join('\n')

/** Path → content of every file that is made from the code. */
export const generatedFiles = (): Record<string, string> => {
  const architecture = readFileSync(join(repository, 'docs/architecture.md'), 'utf8')
  const diagram = ['```mermaid', workflowDiagram(definition()), '```'].join('\n')
  return {
    'docs/fleet.schema.json': `${JSON.stringify(z.toJSONSchema(fleet, { io: 'input' }), null, 2)}\n`,
    'docs/architecture.md': [
      ['workflow', diagram] as const,
      ['signals', signals()] as const,
      ['ladders', ladders()] as const,
    ].reduce((text, [name, content]) => between(text, name, content), architecture),
  }
}
