import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { App } from 'aws-cdk-lib'
import { Match, Template } from 'aws-cdk-lib/assertions'
import { beforeAll, describe, expect, it } from 'vitest'
import { parseFleet } from '../../functions/domain/load-fleet.ts'
import { AgentMedicStack } from '../../infra/agent-medic-stack.ts'
import { bundleHandlers } from '../../infra/bundle.ts'
import { handlerNames, repository } from '../../infra/handlers.ts'

let template: Template

interface Statement {
  Action: string | string[]
  Resource: unknown
  Condition?: object
}
const statementsOf = (role: string): Statement[] => {
  const policies = Object.entries(template.findResources('AWS::IAM::Policy')).filter(([id]) =>
    id.includes(`Functions${role}Role`),
  )
  return policies.flatMap(([, { Properties }]) => Properties.PolicyDocument.Statement as Statement[])
}

beforeAll(() => {
  const fleetFile = join(repository, 'fleet.json')
  const bundles = bundleHandlers(mkdtempSync(join(tmpdir(), 'agent-medic-bundles-')), fleetFile)
  const app = new App()
  const fleet = parseFleet(JSON.parse(readFileSync(fleetFile, 'utf8')))
  template = Template.fromStack(
    new AgentMedicStack(app, 'test', { env: { account: '111122223333', region: 'eu-central-1' }, fleet, bundles }),
  )
})

describe('the stack', () => {
  it('makes one arm64 function on nodejs24.x per handler, traced, each with a log group that forgets', () => {
    template.resourceCountIs('AWS::Lambda::Function', handlerNames().length)
    template.allResourcesProperties('AWS::Lambda::Function', {
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      TracingConfig: { Mode: 'Active' },
    })
    template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 90 })
  })

  it('traces the workflow and logs its errors without the data of executions', () => {
    template.hasResourceProperties('AWS::StepFunctions::StateMachine', {
      TracingConfiguration: { Enabled: true },
      LoggingConfiguration: { Level: 'ERROR', IncludeExecutionData: false },
    })
  })

  it('lets the workflow invoke the functions by their names, and no version or alias besides', () => {
    const policies = Object.entries(template.findResources('AWS::IAM::Policy')).filter(([id]) =>
      id.includes('WorkflowRemediate'),
    )
    const invoke = policies
      .flatMap(([, { Properties }]) => Properties.PolicyDocument.Statement as Statement[])
      .find(({ Action }) => Action === 'lambda:InvokeFunction')
    expect(JSON.stringify(invoke?.Resource)).not.toContain(':*')
  })

  it('keeps what the closing fails at three times', () => {
    template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      MaximumRetryAttempts: 2,
      DestinationConfig: { OnFailure: { Destination: Match.anyValue() } },
    })
  })

  it('sweeps every five minutes, and tells people past its own code when an execution died or no sweep succeeds', () => {
    template.hasResourceProperties('AWS::Events::Rule', { ScheduleExpression: 'rate(5 minutes)' })
    for (const AlarmName of ['RemediateFailed', 'RemediateTimedOut', 'RemediateAborted', 'SweepFailed', 'SweepSilent'])
      template.hasResourceProperties('AWS::CloudWatch::Alarm', {
        AlarmName: `agent-medic-${AlarmName}`,
        AlarmActions: [Match.anyValue()],
      })
  })

  it('hands every end of the workflow that no Catch sees to the closing', () => {
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: Match.objectLike({
        source: ['aws.states'],
        detail: Match.objectLike({ status: ['FAILED', 'TIMED_OUT', 'ABORTED'] }),
      }),
    })
  })

  it('gives every rule a dead-letter queue', () => {
    for (const { Properties } of Object.values(template.findResources('AWS::Events::Rule')))
      for (const target of Properties.Targets) expect(target.DeadLetterConfig?.Arn).toBeDefined()
  })

  it('keeps the table and its history, on demand', () => {
    template.hasResource('AWS::DynamoDB::Table', {
      DeletionPolicy: 'Retain',
      Properties: {
        BillingMode: 'PAY_PER_REQUEST',
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        TimeToLiveSpecification: { AttributeName: 'expiresAtEpoch', Enabled: true },
      },
    })
  })

  it('encrypts topics with a customer key that admits alarms and rules', () => {
    template.allResourcesProperties('AWS::SNS::Topic', { KmsMasterKeyId: Match.anyValue() })
    template.hasResourceProperties('AWS::KMS::Key', {
      KeyPolicy: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Principal: { Service: ['cloudwatch.amazonaws.com', 'events.amazonaws.com'] },
            Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
          }),
        ]),
      },
    })
  })

  it('puts the decision function behind IAM', () => {
    template.resourceCountIs('AWS::Lambda::Url', 1)
    template.hasResourceProperties('AWS::Lambda::Url', { AuthType: 'AWS_IAM' })
  })

  it('holds SendCommand to our documents and, in another statement, to the members of our groups', () => {
    const sends = statementsOf('StartAction').filter(({ Action }) => [Action].flat().includes('ssm:SendCommand'))
    const texts = sends.map((statement) => JSON.stringify(statement))
    expect(sends.length).toBeGreaterThanOrEqual(2)
    for (const text of texts) expect(text).not.toContain('AWS-RunShellScript')
    expect(
      sends.every(
        ({ Resource, Condition }) =>
          Resource !== '*' && (!JSON.stringify(Resource).includes('instance/*') || Condition !== undefined),
      ),
    ).toBe(true)
    expect(texts.some((text) => text.includes('document/agent-medic-restart-service'))).toBe(true)
  })

  it('lets no function change IAM, save attach-profile and RunTask passing the roles that fleet.json names', () => {
    const actions = Object.values(template.findResources('AWS::IAM::Policy')).flatMap(({ Properties }) =>
      (Properties.PolicyDocument.Statement as Statement[]).flatMap((statement) =>
        [statement.Action].flat().map((action) => ({ action, statement })),
      ),
    )
    const iam = actions.filter(({ action }) => action.startsWith('iam:'))
    expect([...new Set(iam.map(({ action }) => action))]).toEqual(['iam:PassRole'])
    for (const { statement } of iam) expect(JSON.stringify(statement.Resource)).not.toContain('*')
  })

  it('declares every parameter of a host command with a pattern, as an environment variable', () => {
    for (const { Properties } of Object.values(template.findResources('AWS::SSM::Document'))) {
      expect(JSON.stringify(Properties.Content.mainSteps)).not.toMatch(/\{\{ *[A-Z]/)
      for (const parameter of Object.values(Properties.Content.parameters) as {
        allowedPattern: string
        interpolationType: string
      }[]) {
        expect(parameter.interpolationType).toBe('ENV_VAR')
        expect(parameter.allowedPattern).toMatch(/^\^.*\$$/)
      }
    }
  })
})
