import type * as z from 'zod/mini'
import type { CollectorName, consolePart } from '../domain/evidence.ts'
import type { Diagnosed } from '../domain/workflow.ts'

export interface CollectMoreServices {
  collectors: Record<CollectorName, (state: Diagnosed) => Promise<z.infer<typeof consolePart>>>
}

/** Reads the evidence that an open rule asked for; a collector that fails answers `unavailable`. */
export const collectMore =
  ({ collectors }: CollectMoreServices) =>
  async (state: Diagnosed): Promise<Diagnosed> => {
    const parts = await Promise.all(
      state.diagnosis.needs.map(async (name) => [name, await collectors[name](state)] as const),
    )
    return { ...state, evidence: { ...state.evidence, ...Object.fromEntries(parts) } }
  }
