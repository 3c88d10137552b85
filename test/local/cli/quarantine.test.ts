import { describe, expect, it } from 'vitest'
import type { Quarantine } from '../../../functions/aws/incident-store.ts'
import { readQuarantineArguments, runQuarantine } from '../../../local/cli/quarantine-command.ts'
import { aboutAgent, anAgent } from '../../aws/a-platform.ts'

const quarantine: Quarantine = {
  subject: aboutAgent(anAgent({ id: 'i-0a1b2c3d4e5f60001', pool: 'linux-builders' })),
  incidentId: 'inc-1',
  reason: 'the ladder ended',
  at: '2026-01-15T02:00:00.000Z',
}

const aDesk = (lifecycle: string | null = 'Standby') => {
  let standing: Quarantine[] = [quarantine]
  const notes: string[] = []
  const left: string[] = []
  const said: string[] = []
  const services = {
    incidents: {
      quarantines: async () => standing,
      liftQuarantine: async () => {
        standing = []
        return true
      },
      note: async (_id: string, { text }: { text: string }) => void notes.push(text),
    },
    groups: {
      membershipOf: async () => (lifecycle ? { group: 'linux-builders', lifecycle, health: 'Healthy' } : null),
      exitStandby: async ({ id }: { id: string }) => void left.push(id),
    },
    whoAmI: async () => 'arn:aws:iam::111122223333:user/on-call',
    clock: { now: () => new Date('2026-01-15T08:00:00.000Z') },
  }
  const run = (...argv: string[]) => runQuarantine(readQuarantineArguments(argv), services, (text) => said.push(text))
  return { run, notes, left, said, services, standing: () => standing }
}
const id = 'i-0a1b2c3d4e5f60001'

describe('npm run quarantine', () => {
  it('lists who is in it, since when and why', async () => {
    const desk = aDesk()
    await desk.run('list')
    expect(desk.said[0]).toContain(`${id}  pool linux-builders, since 2026-01-15T02:00:00.000Z by inc-1`)
  })

  it('lifts it in the name of the caller, and says what is still to be put back', async () => {
    const desk = aDesk()
    await desk.run('lift', id, '--reason', 'disk replaced')
    expect(desk.standing()).toEqual([])
    expect(desk.notes).toEqual(['The quarantine was lifted by arn:aws:iam::111122223333:user/on-call: disk replaced'])
    expect(desk.said[1]).toContain('aws autoscaling exit-standby --instance-ids i-0a1b2c3d4e5f60001')
    expect(desk.left).toEqual([])
  })

  it('gives an instance back to its group where that is asked for, and only out of Standby', async () => {
    const desk = aDesk()
    await desk.run('lift', id, '--reason', 'works', '--return-to-service')
    expect(desk.left).toEqual([id])
    const inService = aDesk('InService')
    await inService.run('lift', id, '--reason', 'works', '--return-to-service')
    expect(inService.left).toEqual([])
  })

  it('says so when the agent is not in quarantine, or when somebody was faster', async () => {
    await expect(aDesk().run('lift', 'i-other', '--reason', 'x')).rejects.toThrow('not in quarantine')
    const desk = aDesk()
    desk.services.incidents.liftQuarantine = async () => false
    await expect(desk.run('lift', id, '--reason', 'x')).rejects.toThrow('by somebody else just now')
  })

  it.each([
    [['lift'], /name the agent/],
    [['lift', id], /give a --reason/],
    [['drop', id], /npm run quarantine -- list/],
  ])('says what is wrong with %j', (argv, words) => {
    expect(() => readQuarantineArguments(argv)).toThrow(words)
  })
})
