import { describe, expect, it } from 'vitest'
import { type AccessRequest, isAllowed, type Statement } from '../../../../local/account/iam/policy.ts'
import { requestsOf } from '../../../../local/account/iam/requests.ts'
import { synthesisedPolicies } from '../../../../local/account/iam/synthesised.ts'
import { replay } from '../../../../local/replay/replay.ts'
import { resultOf } from '../../../../local/replay/result.ts'
import { loadScenario } from '../../../../local/replay/scenario.ts'

const statement = (of: Partial<Statement> = {}): Statement => ({
  effect: 'Allow',
  actions: ['ec2:RebootInstances'],
  resources: ['arn:aws:ec2:eu-central-1:111122223333:instance/*'],
  conditions: {},
  ...of,
})
const request = (of: Partial<AccessRequest> = {}): AccessRequest => ({
  action: 'ec2:RebootInstances',
  resource: 'arn:aws:ec2:eu-central-1:111122223333:instance/i-1',
  context: {},
  ...of,
})
const place = { account: '111122223333', region: 'eu-central-1' }
const { fleet } = loadScenario('service-stopped', {})
const context = {
  ...place,
  fleet,
  keyArn: 'key',
  state: {
    instances: new Map([
      ['i-1', { groupName: 'linux-builders' }],
      ['i-2', { groupName: 'somebody-elses' }],
    ]) as never,
  },
}

describe('the evaluation of a policy', () => {
  it('allows what a statement covers by action, resource and condition, and nothing else', () => {
    expect(isAllowed([statement()], request())).toBe(true)
    expect(isAllowed([statement()], request({ action: 'ec2:StopInstances' }))).toBe(false)
    expect(isAllowed([statement()], request({ resource: 'arn:aws:ec2:us-east-1:111122223333:instance/i-1' }))).toBe(
      false,
    )
    expect(isAllowed([], request())).toBe(false)
  })

  it('lets a denial win', () => {
    expect(isAllowed([statement(), statement({ effect: 'Deny', resources: ['*'] })], request())).toBe(false)
  })

  it('asks each condition key for one of its values, and a key that is not sent holds nothing', () => {
    const tagged = statement({ conditions: { StringEquals: { 'aws:ResourceTag/team': ['ci', 'cd'] } } })
    expect(isAllowed([tagged], request({ context: { 'aws:ResourceTag/team': ['cd'] } }))).toBe(true)
    expect(isAllowed([tagged], request({ context: { 'aws:ResourceTag/team': ['web'] } }))).toBe(false)
    expect(isAllowed([tagged], request())).toBe(false)
  })

  it('takes wildcards of IAM and no other characters for patterns', () => {
    const dotted = statement({ resources: ['arn:aws:s3:::reports.example/incidents/*'] })
    expect(isAllowed([dotted], request({ resource: 'arn:aws:s3:::reports.example/incidents/a/b' }))).toBe(true)
    expect(isAllowed([dotted], request({ resource: 'arn:aws:s3:::reportsXexample/incidents/a' }))).toBe(false)
  })

  it('refuses to pass over an operator that it does not know', () => {
    const odd = statement({ conditions: { NumericLessThan: { 'aws:MultiFactorAuthAge': ['60'] } } })
    expect(() => isAllowed([odd], request())).toThrow('NumericLessThan is not modelled')
  })
})

describe('what a call asks for', () => {
  it('is the document and each instance, for a command', () => {
    const asked = requestsOf(
      'ssm',
      'SendCommand',
      { DocumentName: 'agent-medic-probe-agent', InstanceIds: ['i-1', 'mi-2'] },
      context,
    )
    expect(asked.map(({ resource }) => resource)).toEqual([
      'arn:aws:ssm:eu-central-1:111122223333:document/agent-medic-probe-agent',
      'arn:aws:ec2:eu-central-1:111122223333:instance/i-1',
      'arn:aws:ssm:eu-central-1:111122223333:managed-instance/mi-2',
    ])
  })

  it('is known for every call, or its want is told', () => {
    expect(() => requestsOf('ec2', 'RunInstances', {}, context)).toThrow(
      'does not say what IAM asks about ec2:RunInstances',
    )
  })
})

describe('the policies as they are synthesised', () => {
  const allowedTo = async (name: string, service: string, operation: string, input: Record<string, unknown>) => {
    const { byFunction, keyArn } = await synthesisedPolicies(fleet, place)
    const asked = requestsOf(service, operation, input, { ...context, keyArn })
    return asked.every((each) => isAllowed(byFunction[name] ?? [], each))
  }

  it('let a command go to members of our groups and to no other instance, by our documents and no others', async () => {
    const send = (DocumentName: string, id: string) =>
      allowedTo('start-action', 'ssm', 'SendCommand', { DocumentName, InstanceIds: [id] })
    expect(await send('agent-medic-restart-service', 'i-1')).toBe(true)
    expect(await send('agent-medic-restart-service', 'i-2')).toBe(false)
    expect(await send('AWS-RunShellScript', 'i-1')).toBe(false)
  })

  it('let a profile be attached that fleet.json names, and no other', async () => {
    const attach = (Arn: string) =>
      allowedTo('start-action', 'ec2', 'AssociateIamInstanceProfile', {
        InstanceId: 'i-1',
        IamInstanceProfile: { Arn },
      })
    expect(await attach('arn:aws:iam::111122223333:instance-profile/linux-builders')).toBe(true)
    expect(await attach('arn:aws:iam::111122223333:instance-profile/administrators')).toBe(false)
  })

  it('let nobody but start-action reboot, and nobody write reports elsewhere', async () => {
    expect(await allowedTo('start-action', 'ec2', 'RebootInstances', { InstanceIds: ['i-1'] })).toBe(true)
    expect(await allowedTo('start-action', 'ec2', 'RebootInstances', { InstanceIds: ['i-2'] })).toBe(false)
    expect(await allowedTo('diagnose', 'ec2', 'RebootInstances', { InstanceIds: ['i-1'] })).toBe(false)
    const put = (Key: string) =>
      allowedTo('publish-report', 's3', 'PutObject', { Bucket: 'agent-medic-reports-111122223333-eu-central-1', Key })
    expect(await put('incidents/inc-1/report.json')).toBe(true)
    expect(await put('fleet.json')).toBe(false)
  })

  it('make a replay fail where a grant is missing, and the report says which', async () => {
    const scenario = loadScenario('service-stopped', {})
    const policies = await synthesisedPolicies(scenario.fleet, place)
    const without = {
      ...policies,
      byFunction: {
        ...policies.byFunction,
        'start-action': (policies.byFunction['start-action'] ?? []).filter(
          ({ actions }) => !actions.includes('ssm:SendCommand'),
        ),
      },
    }
    const result = resultOf(scenario, await replay(scenario, { policies: without }))
    expect(result.outcome).not.toBe('recovered')
    expect(JSON.stringify(result.notifications)).toContain('not authorized to perform: ssm:SendCommand')
  })
})
