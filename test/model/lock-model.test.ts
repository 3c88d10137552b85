import { describe, expect, it } from 'vitest'
import { explore } from './explore.ts'
import { asBuilt, lockModel, type Rules } from './lock-model.ts'

const explored = (of: Partial<Rules> = {}) => explore(lockModel({ ...asBuilt, ...of }))

describe('the lock, modelled', () => {
  it.each([
    ['one agent and two misfortunes', { sameAgent: true, misfortunes: 2 }],
    ['two agents of a pool and one misfortune', { sameAgent: false, misfortunes: 1 }],
  ])('keeps its promises in every interleaving, with %s', (_bounds, of) => {
    const { states, violation } = explored(of)
    expect(violation?.trace.join('\n') ?? 'nothing').toBe('nothing')
    // A model that can do nothing breaks nothing.
    expect(states).toBeGreaterThan(20_000)
  })

  it.each([
    ['without the fence', { fenced: false }, /changes an agent that [AB] owns|made twice|beyond/],
    ['without looking for the effect of an intent', { looksForEffect: false }, /made twice/],
    ['without the version of the ledger', { versioned: false, sameAgent: false }, /at once, and the pool allows one/],
    [
      'with a term that may end before the function',
      { termOutlivesFunction: false },
      /changes an agent that [AB] owns/,
    ],
    ['when the closing frees the agent at once', { lingers: false }, /changes an agent that [AB] owns/],
    ['without the sweep', { sweeps: false }, /held, and nobody will free it/],
  ] satisfies [string, Partial<Rules>, RegExp][])('fails %s, so that the model is not blind', (_what, of, words) => {
    const { violation } = explored(of)
    expect(violation?.what).toMatch(words)
    expect(violation?.trace.length).toBeGreaterThan(3)
  })
})
