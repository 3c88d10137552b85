import { describe, expect, it } from 'vitest'
import { dynamoLeaseStore } from '../../functions/aws/lease-store.ts'
import { aboutAgent, aboutPool, anAgent } from './a-platform.ts'
import { useTable } from './a-table.ts'

const { aTable, aTableThatLoses } = useTable()
const term = 600

const aStore = () => {
  const { table, clock } = aTable()
  return { leases: dynamoLeaseStore(table, clock), clock }
}
const about = (id: string) => aboutAgent(anAgent({ id }))

describe('the lease of a subject', () => {
  it('is taken by the first, with the first fence', async () => {
    const { leases } = aStore()
    expect(await leases.acquire(about('first'), 'arn:one', 'inc-1', term)).toEqual({
      status: 'acquired',
      lease: { owner: 'arn:one', incidentId: 'inc-1', fence: 1, expiresAt: '2026-03-01T02:10:00.000Z' },
    })
  })

  it('is held against another until its term is over', async () => {
    const { leases, clock } = aStore()
    const subject = about('term')
    await leases.acquire(subject, 'arn:one', 'inc-1', term)
    clock.forward(term - 1)
    expect(await leases.acquire(subject, 'arn:two', 'inc-2', term)).toMatchObject({
      status: 'held',
      lease: { owner: 'arn:one', incidentId: 'inc-1' },
    })
    clock.forward(1)
    expect(await leases.acquire(subject, 'arn:two', 'inc-2', term)).toMatchObject({
      status: 'acquired',
      lease: { owner: 'arn:two', incidentId: 'inc-2', fence: 2 },
    })
  })

  it('is entered again by its owner with the same fence, the first incident and the intents', async () => {
    const { leases, clock } = aStore()
    const subject = about('again')
    await leases.acquire(subject, 'arn:one', 'inc-1', term)
    await leases.intend(subject, 'arn:one', 1, { id: 'a-1', kind: 'restart-service' }, 90)
    clock.forward(60)
    expect(await leases.acquire(subject, 'arn:one', 'inc-other', term)).toMatchObject({
      status: 'acquired',
      lease: { fence: 1, incidentId: 'inc-1', expiresAt: '2026-03-01T02:11:00.000Z' },
    })
    expect(await leases.intend(subject, 'arn:one', 1, { id: 'a-1', kind: 'restart-service' }, 90)).toMatchObject({
      status: 'known',
    })
  })

  it('remembers what its owner began when he comes back after its term and nobody has followed', async () => {
    const { leases, clock } = aStore()
    const subject = about('late')
    await leases.acquire(subject, 'arn:one', 'inc-1', term)
    await leases.intend(subject, 'arn:one', 1, { id: 'a-1', kind: 'restart-service' }, 90)
    clock.forward(term + 1)
    expect(await leases.acquire(subject, 'arn:one', 'inc-1', term)).toMatchObject({ lease: { fence: 1 } })
    expect(await leases.intend(subject, 'arn:one', 1, { id: 'a-1', kind: 'restart-service' }, 90)).toMatchObject({
      status: 'known',
    })
  })

  it('goes to one of two that ask at once', async () => {
    const { leases } = aStore()
    const answers = await Promise.all(
      ['arn:one', 'arn:two', 'arn:three'].map((owner) => leases.acquire(about('race'), owner, `inc-${owner}`, term)),
    )
    const acquired = answers.filter(({ status }) => status === 'acquired')
    expect(acquired).toHaveLength(1)
    expect(new Set(answers.map(({ lease }) => lease.owner))).toEqual(new Set([acquired[0]?.lease.owner]))
  })

  it('goes to one of two that take it over at once, and the fence grows once', async () => {
    const { leases, clock } = aStore()
    const subject = about('takeover')
    await leases.acquire(subject, 'arn:one', 'inc-1', term)
    clock.forward(term)
    const answers = await Promise.all(
      ['arn:two', 'arn:three'].map((owner) => leases.acquire(subject, owner, `inc-${owner}`, term)),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual(['acquired', 'held'])
    expect(await leases.read(subject)).toMatchObject({ fence: 2 })
  })

  it('is ours when the answer to taking it was lost', async () => {
    const { clock } = aStore()
    const leases = dynamoLeaseStore(aTableThatLoses('PutItem'), clock)
    expect(await leases.acquire(about('lost-put'), 'arn:one', 'inc-1', term)).toMatchObject({
      status: 'acquired',
      lease: { owner: 'arn:one', fence: 1 },
    })
  })

  it('is one for an agent and another for its pool', async () => {
    const { leases } = aStore()
    await leases.acquire(about('apart'), 'arn:one', 'inc-1', term)
    expect(await leases.acquire(aboutPool('apart'), 'arn:two', 'inc-2', term)).toMatchObject({ status: 'acquired' })
  })

  it('is extended by its owner only', async () => {
    const { leases } = aStore()
    const subject = about('extended')
    await leases.acquire(subject, 'arn:one', 'inc-1', term)
    await leases.extend(subject, 'arn:one', 1, 2 * term)
    expect(await leases.read(subject)).toMatchObject({ expiresAt: '2026-03-01T02:20:00.000Z' })
    await expect(leases.extend(subject, 'arn:two', 1, term)).rejects.toThrow(/no longer held by arn:two/)
    await expect(leases.extend(subject, 'arn:one', 2, term)).rejects.toMatchObject({ name: 'LeaseLostError' })
  })

  it('given back is free for the next, whose fence is higher', async () => {
    const { leases } = aStore()
    const subject = about('released')
    await leases.acquire(subject, 'arn:one', 'inc-1', term)
    await leases.release(subject, 'arn:one', 1)
    expect(await leases.read(subject)).toBeUndefined()
    expect(await leases.acquire(subject, 'arn:two', 'inc-2', term)).toMatchObject({ lease: { fence: 2 } })
  })

  it('is left alone by one who gives back what he no longer holds', async () => {
    const { leases } = aStore()
    const subject = about('not-ours')
    await leases.acquire(subject, 'arn:one', 'inc-1', term)
    await leases.release(subject, 'arn:two', 1)
    expect(await leases.read(subject)).toMatchObject({ owner: 'arn:one' })
  })
})

describe('the intent of an action', () => {
  it('is new once, and then known with the handle that its start got', async () => {
    const { leases } = aStore()
    const subject = about('intent')
    await leases.acquire(subject, 'arn:one', 'inc-1', term)
    const first = await leases.intend(subject, 'arn:one', 1, { id: 'a-1', kind: 'restart-service' }, 90)
    expect(first).toEqual({
      status: 'new',
      intent: { actionId: 'a-1', kind: 'restart-service', intendedAt: '2026-03-01T02:00:00.000Z', handle: null },
    })
    expect(await leases.intend(subject, 'arn:one', 1, { id: 'a-1', kind: 'restart-service' }, 90)).toEqual({
      ...first,
      status: 'known',
    })
    await leases.settle(subject, 'arn:one', 1, 'a-1', { commandId: 'c-1' })
    expect(await leases.intend(subject, 'arn:one', 1, { id: 'a-1', kind: 'restart-service' }, 90)).toMatchObject({
      intent: { handle: { commandId: 'c-1' } },
    })
  })

  it('is new for one of two that write it at once', async () => {
    const { leases } = aStore()
    const subject = about('intent-race')
    await leases.acquire(subject, 'arn:one', 'inc-1', term)
    const both = await Promise.all(
      [1, 2].map(() => leases.intend(subject, 'arn:one', 1, { id: 'a-1', kind: 'restart-service' }, 90)),
    )
    expect(both.map(({ status }) => status).sort()).toEqual(['known', 'new'])
  })

  it('counts as maybe done when the answer to writing it was lost', async () => {
    const { leases, clock } = aStore()
    const subject = about('intent-lost')
    await leases.acquire(subject, 'arn:one', 'inc-1', term)
    const losing = dynamoLeaseStore(aTableThatLoses('UpdateItem'), clock)
    expect(await losing.intend(subject, 'arn:one', 1, { id: 'a-1', kind: 'restart-service' }, 90)).toMatchObject({
      status: 'known',
      intent: { handle: null },
    })
  })

  it('is refused when the term does not last for the change', async () => {
    const { leases, clock } = aStore()
    const subject = about('short')
    await leases.acquire(subject, 'arn:one', 'inc-1', term)
    clock.forward(term - 89)
    await expect(
      leases.intend(subject, 'arn:one', 1, { id: 'a-1', kind: 'restart-service' }, 90),
    ).rejects.toMatchObject({ name: 'LeaseLostError' })
  })

  it('is refused to an owner whom another has followed, for what he began too', async () => {
    const { leases, clock } = aStore()
    const subject = about('followed')
    await leases.acquire(subject, 'arn:one', 'inc-1', term)
    await leases.intend(subject, 'arn:one', 1, { id: 'a-1', kind: 'restart-service' }, 90)
    clock.forward(term)
    await leases.acquire(subject, 'arn:two', 'inc-2', term)
    await expect(
      leases.intend(subject, 'arn:one', 1, { id: 'a-1', kind: 'restart-service' }, 90),
    ).rejects.toMatchObject({ name: 'LeaseLostError' })
    await expect(leases.settle(subject, 'arn:one', 1, 'a-1', {})).rejects.toMatchObject({ name: 'LeaseLostError' })
  })

  it('that was never written takes no handle', async () => {
    const { leases } = aStore()
    const subject = about('unwritten')
    await leases.acquire(subject, 'arn:one', 'inc-1', term)
    await expect(leases.settle(subject, 'arn:one', 1, 'a-1', {})).rejects.toMatchObject({ name: 'LeaseLostError' })
  })
})

describe('the lease of an execution that no longer runs', () => {
  it('goes to whoever closes its incident, with a higher fence and all that was begun', async () => {
    const { leases } = aStore()
    const subject = about('over')
    await leases.acquire(subject, 'arn:one', 'inc-1', term)
    await leases.intend(subject, 'arn:one', 1, { id: 'a-1', kind: 'reboot' }, 90)
    const taken = await leases.takeOver(subject, 'arn:one', 'arn:one#closing', term)
    expect(taken).toMatchObject({
      lease: { owner: 'arn:one#closing', fence: 2, incidentId: 'inc-1' },
      intents: [{ actionId: 'a-1', kind: 'reboot', handle: null }],
    })
  })

  it('lets a function of that execution that still runs begin nothing more', async () => {
    const { leases } = aStore()
    const subject = about('zombie')
    await leases.acquire(subject, 'arn:one', 'inc-1', term)
    await leases.takeOver(subject, 'arn:one', 'arn:one#closing', term)
    const late = leases.intend(subject, 'arn:one', 1, { id: 'a-1', kind: 'reboot' }, 90)
    await expect(late).rejects.toThrow('no longer held')
  })

  it('is taken again by the same successor with the same fence, and by no other', async () => {
    const { leases } = aStore()
    const subject = about('twice')
    await leases.acquire(subject, 'arn:one', 'inc-1', term)
    await leases.takeOver(subject, 'arn:one', 'arn:one#closing', term)
    expect(await leases.takeOver(subject, 'arn:one', 'arn:one#closing', term)).toMatchObject({ lease: { fence: 2 } })
    expect(await leases.takeOver(subject, 'arn:one', 'arn:another', term)).toBeUndefined()
  })

  it('stays with another execution that took it meanwhile', async () => {
    const { leases } = aStore()
    const subject = about('followed')
    await leases.acquire(subject, 'arn:two', 'inc-2', term)
    expect(await leases.takeOver(subject, 'arn:one', 'arn:one#closing', term)).toBeUndefined()
    expect(await leases.read(subject)).toMatchObject({ owner: 'arn:two' })
  })
})
