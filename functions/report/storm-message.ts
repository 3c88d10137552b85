import type { Message } from '../aws/notifier.ts'
import type { Pool } from '../domain/fleet.ts'
import type { Storm } from '../domain/storm.ts'
import { cleanMarkdown, cleanSubject } from './clean.ts'
import { howToStop } from './messages.ts'

const listed = (agents: string[]): string =>
  agents.length > 12 ? `${agents.slice(0, 12).join(', ')} and ${agents.length - 12} more` : agents.join(', ')

const texts = {
  began: ({ seen, canary }: Storm) => ({
    title: `${seen.length} agents fail at once`,
    lines: [
      `In trouble within ten minutes: ${listed(seen)}.`,
      `We try ${canary} alone first. The others wait, and follow in waves once it works; nobody is told of each of them.`,
      'Look for one cause upstream: network, credentials, an image, a deployment of the last hours.',
    ],
  }),
  halted: ({ canary, failed, seen }: Storm) => ({
    title: 'the storm is halted, we need you',
    lines: [
      `What was tried did not help: ${listed(failed.length > 0 ? failed : [canary])}. ${seen.length} agents are in trouble.`,
      'We ask you: find the common cause. Agents that work again are seen by themselves; another canary is tried after an hour.',
    ],
  }),
  over: ({ seen, failed }: Storm) => ({
    title: 'the storm is over',
    lines: [
      `All ${seen.length} agents that were in trouble work or are gone: ${listed(seen)}.`,
      ...(failed.length > 0 ? [`Their own repair had failed: ${listed(failed)}.`] : []),
    ],
  }),
}
export type StormNews = keyof typeof texts

/** One message for the whole pool where each agent would send one of its own. */
export const stormMessage = (news: StormNews, storm: Storm, pool: Pool): Message => {
  const { title: what, lines } = texts[news](storm)
  const title = `Pool ${pool.name}: ${what}`
  return {
    subject: cleanSubject(`[agent-medic] ${title}`),
    body: [`${title}.`, '', ...lines, '', `Incident ${storm.incidentId}, since ${storm.since}.`, howToStop].join('\n'),
    chat: { title: cleanMarkdown(title), description: cleanMarkdown(lines.join(' ')), nextSteps: [] },
    attributes: {
      kind: 'storm',
      pool: pool.name,
      environment: pool.environment,
      outcome: news === 'over' ? 'recovered' : 'pending',
      severity: news === 'over' ? 'info' : 'critical',
    },
    dedupe: `${storm.incidentId}-${news}-${storm.canaries}`,
  }
}
