import type { Fault } from '../fleet/world.ts'
import type { Scenario } from '../replay/scenario.ts'
import { loadScenario } from '../replay/scenario.ts'
import { seeded } from './random.ts'
import { type Judged, judge } from './run.ts'

const troubles: readonly (readonly Fault[])[] = [
  [{ kind: 'service-stopped' }],
  [{ kind: 'ssm-agent-dead', untilBoot: true }, { kind: 'agent-hung' }],
  [{ kind: 'service-will-not-start', forGood: false }],
  [{ kind: 'service-dies-again', afterSeconds: 900 }],
]
const idOf = (index: number): string => `i-0a1b2c3d4e5f6${String(index + 1).padStart(4, '0')}`

/**
 * Many at once, as the seed decides: up to four of six agents of one pool fail in one way or another, their events come
 * within seconds, some of them twice; approvals, and now and then the kill switch, come at any moment.
 */
export const crowd = (seed: number): Scenario => {
  const random = seeded(seed)
  const below = (limit: number) => Math.floor(random() * limit)
  const base = loadScenario('service-stopped', {})
  const failing = 2 + below(3)
  const agents = Array.from({ length: 6 }, (_, index) => ({
    pool: 'linux-builders',
    id: idOf(index),
    faultSecondsBefore: 600,
    faults: index < failing ? [...(troubles[below(troubles.length)] ?? [])] : [],
  }))
  const off = random() < 0.25
  return {
    ...base,
    name: `crowd-${seed}`,
    world: {
      ...base.world,
      description: `Seed ${seed}: ${failing} of six agents fail at once.`,
      agents,
      deliveries: [0, ...(random() < 0.5 ? [random() * 3] : [])],
      alike: Array.from({ length: failing - 1 }, (_, index) => ({
        afterSeconds: random() * 5,
        agent: idOf(index + 1),
      })),
      decision: {
        kind: 'approve',
        by: 'arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_OnCall_0123456789abcdef/on-call',
        afterSeconds: 30 + below(300),
      },
      modes: off
        ? [{ afterSeconds: below(600), mode: 'off', reason: 'seeded', by: 'on-call', forSeconds: 300 + below(900) }]
        : [],
    },
  }
}

/** Plays the crowd with latencies and retries that the seed draws, so that calls of all executions interleave anew. */
export const judgeCrowd = (seed: number, options: { unfenced?: boolean } = {}): Promise<Judged> => {
  const random = seeded(seed ^ 0x5bd1e995)
  // From a tenth to ten times of what is usual.
  const latency = (usualMs: number): number => usualMs * 10 ** (random() * 2 - 1)
  return judge(crowd(seed), undefined, { ...options, latency, random })
}
