import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseFleet } from '../../functions/domain/load-fleet.ts'
import { readEvent } from '../../functions/signals/index.ts'
import { sampleEvent } from './samples/index.ts'

const fleet = parseFleet(JSON.parse(readFileSync(join(import.meta.dirname, '../../fleet.json'), 'utf8')))
const directory = { poolOfInstance: async () => 'linux-builders' }
const clock = { now: () => new Date('2026-01-15T02:03:12Z') }
const read = (event: unknown, of = fleet) => readEvent(event, of, directory, clock)
/** A sample with something else in it; `detail` is merged. */
const changed = (name: string, { detail = {}, ...envelope }: { detail?: object; [key: string]: unknown }) => {
  const event = sampleEvent(name)
  return { ...event, ...envelope, detail: { ...event.detail, ...detail } }
}
const ignored = (reason: string) => ({ outcome: 'ignored', reason: expect.stringContaining(reason) })
const rejected = (reason: string) => ({ outcome: 'rejected', reason: expect.stringContaining(reason) })

describe('what needs nobody is told apart from trouble', () => {
  it('ignores an alarm that somebody muted, and one that its suppressor keeps quiet', async () => {
    const muteDetail = { mutedByArn: 'arn:aws:cloudwatch:eu-central-1:111122223333:alarm-mute-rule:weekend' }
    expect(await read(changed('alarm-static', { detail: { muteDetail } }))).toMatchObject(ignored('muted'))
    const state = { ...sampleEvent('alarm-composite').detail.state, actionsSuppressedBy: 'Alarm' }
    expect(await read(changed('alarm-composite', { detail: { state } }))).toMatchObject(ignored('suppressed'))
  })

  it('reads an alarm over a query as its pool, once a pool lists the alarm', async () => {
    const pools = fleet.pools.map((pool) => ({
      ...pool,
      alarms: pool.name === 'github-runners' ? ['agents-memory'] : [],
    }))
    expect(await read(sampleEvent('alarm-insights'), { ...fleet, pools })).toMatchObject({
      outcome: 'signal',
      signal: { subject: { kind: 'pool', pool: 'github-runners' } },
    })
  })

  it('takes a heartbeat that a query counts for a heartbeat', async () => {
    const expression = 'SELECT COUNT(Heartbeat) FROM SCHEMA(AgentMedic, AgentId, Pool) GROUP BY AgentId, Pool'
    const configuration = { metrics: [{ id: 'q', expression, returnData: true }] }
    expect(await read(changed('alarm-contributor', { detail: { configuration } }))).toMatchObject({
      outcome: 'signal',
      signal: { kind: 'heartbeat-missing' },
    })
  })

  it('leaves the scale-in of a group to the group', async () => {
    const userIdentity = {
      ...sampleEvent('terminate-instances').detail.userIdentity,
      invokedBy: 'autoscaling.amazonaws.com',
    }
    expect(await read(changed('terminate-instances', { detail: { userIdentity } }))).toMatchObject(
      ignored('autoscaling.amazonaws.com'),
    )
  })

  it('never reacts to a call of its own role', async () => {
    const arn = 'arn:aws:sts::111122223333:assumed-role/agent-medic-start-action/agent-medic-start-action'
    const userIdentity = { ...sampleEvent('stop-instances').detail.userIdentity, arn }
    for (const name of ['stop-instances', 'stop-task', 'denied-parameter'])
      expect(await read(changed(name, { detail: { userIdentity } }))).toMatchObject(ignored('own action'))
  })

  it('never reacts to the status of its own commands', async () => {
    expect(
      await read(changed('command-failed', { detail: { 'document-name': 'agent-medic-probe-agent' } })),
    ).toMatchObject(ignored('own action'))
  })

  it('ignores a build that its own commands failed, and reads one that timed out in them', async () => {
    const phases = (status: string) => ({ phases: [{ 'phase-type': 'BUILD', 'phase-status': status }] })
    const build = (status: string, phase: string) =>
      changed('build-failed', { detail: { 'build-status': status, 'additional-information': phases(phase) } })
    expect(await read(build('FAILED', 'FAILED'))).toMatchObject(ignored('own commands'))
    expect(await read(build('TIMED_OUT', 'TIMED_OUT'))).toMatchObject({ outcome: 'signal' })
    expect(await read(build('STOPPED', 'STOPPED'))).toMatchObject(ignored('STOPPED'))
  })

  it('takes a rejected approval for a decision, not for a failure', async () => {
    const type = { owner: 'AWS', provider: 'Manual', category: 'Approval', version: '1' }
    expect(await read(changed('pipeline-action-failed', { detail: { type } }))).toMatchObject(ignored('not approved'))
  })

  it("leaves Health's copy in a second region, and what is over, alone", async () => {
    expect(await read(changed('health-issue', { detail: { eventRegion: 'eu-west-1' } }))).toMatchObject(
      ignored('eu-west-1'),
    )
    expect(await read(changed('health-issue', { detail: { statusCode: 'closed' } }))).toMatchObject(ignored('over'))
  })

  it('ignores a denial of a role with which no pool works, and of a user', async () => {
    const { userIdentity } = sampleEvent('denied-parameter').detail
    const issuer = { ...userIdentity.sessionContext.sessionIssuer, arn: 'arn:aws:iam::111122223333:role/other' }
    const other = { ...userIdentity, sessionContext: { sessionIssuer: issuer } }
    expect(await read(changed('denied-parameter', { detail: { userIdentity: other } }))).toMatchObject(
      ignored('no pool'),
    )
    const user = { type: 'IAMUser', arn: 'arn:aws:iam::111122223333:user/ana' }
    expect(await read(changed('denied-parameter', { detail: { userIdentity: user } }))).toMatchObject(
      ignored('no role'),
    )
  })

  it('reads a denial of a role without a known session as the pool', async () => {
    const { userIdentity } = sampleEvent('denied-assume-role').detail
    const arn = 'arn:aws:sts::111122223333:assumed-role/nightly-builder-task/debug'
    expect(
      await read(changed('denied-assume-role', { detail: { userIdentity: { ...userIdentity, arn } } })),
    ).toMatchObject({
      outcome: 'signal',
      signal: { subject: { kind: 'pool', pool: 'nightly-builders' } },
    })
  })

  it('says what a change was of that no pool needs', async () => {
    expect(
      await read(
        changed('route-deleted', { detail: { requestParameters: { routeTableId: 'rtb-0fffffffffffffff0' } } }),
      ),
    ).toEqual({ outcome: 'unknown-agent', reason: expect.stringContaining('rtb-0fffffffffffffff0') })
  })

  it('does not take a group that a rule merely names for the group that was changed', async () => {
    const ipPermissions = { items: [{ groups: { items: [{ groupId: 'sg-0a1b2c3d4e5f60001' }] } }] }
    const requestParameters = { groupId: 'sg-0fffffffffffffff0', ipPermissions }
    expect(await read(changed('security-group-ingress-authorized', { detail: { requestParameters } }))).toMatchObject({
      outcome: 'unknown-agent',
    })
  })
})

describe('what AWS did not send is told apart', () => {
  it.each<[string, string, Parameters<typeof changed>[1], string]>([
    ['a source of somebody', 'instance-stopped', { source: 'my.app' }, 'does not come from AWS'],
    ['a call of another service', 'stop-instances', { detail: { eventSource: 'ecs.amazonaws.com' } }, 'forged'],
    ['a record of another region', 'stop-instances', { detail: { awsRegion: 'eu-west-1' } }, 'awsRegion'],
    [
      'a record of another account',
      'stop-instances',
      { detail: { recipientAccountId: '444455556666' } },
      'another account',
    ],
    [
      'a cluster of another region',
      'ecs-task-stopped',
      { detail: { clusterArn: 'arn:aws:ecs:eu-west-1:111122223333:cluster/ci' } },
      'clusterArn',
    ],
    [
      'an instance that resources do not name',
      'instance-stopped',
      { detail: { 'instance-id': 'i-0a1b2c3d4e5f60009' } },
      'different instances',
    ],
    ['an alarm that resources do not name', 'alarm-static', { detail: { alarmName: 'another' } }, 'different alarms'],
    ['a time to come', 'instance-stopped', { time: '2026-01-15T04:03:11Z' }, 'to come'],
  ])('rejects %s', async (_what, name, change, reason) => {
    expect(await read(changed(name, change))).toMatchObject(rejected(reason))
  })

  it('ignores a warning of last week and tells a fault of last week, with its age', async () => {
    const time = '2026-01-08T02:03:11Z'
    expect(await read(changed('spot-interruption', { time }))).toMatchObject(ignored('late'))
    expect(await read(changed('stop-instances', { time }))).toMatchObject({
      outcome: 'signal',
      signal: { details: { late: `the event is of ${time}` } },
      also: [{ details: { late: `the event is of ${time}` } }],
    })
  })

  it('reads the same event as the same signal, however often and in whatever order it comes', async () => {
    const [first, second] = [sampleEvent('instance-stopped'), sampleEvent('stop-instances')]
    const forth = [await read(first), await read(second)]
    const back = [await read(second), await read(first)]
    expect(back.reverse()).toEqual(forth)
  })
})
