import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Fleet } from '../../../functions/domain/fleet.ts'
import { handlerNames, repository } from '../../../infra/handlers.ts'
import type { Statement } from './policy.ts'

/** The policies of the functions' roles as CloudFormation would create them. */
export interface SynthesisedPolicies {
  /** Function name → its statements. */
  byFunction: Record<string, Statement[]>
  keyArn: string
}

interface Resource {
  Type: string
  Properties: Record<string, unknown>
}
type Resources = Record<string, Resource>
interface Place {
  account: string
  region: string
}

/** Where the properties of a resource name it, and how its ARN is made of that name. */
const arns: Record<string, { name: string; arn: (name: string, place: Place) => string; ref: 'name' | 'arn' }> = {
  'AWS::DynamoDB::Table': {
    name: 'TableName',
    arn: (name, { account, region }) => `arn:aws:dynamodb:${region}:${account}:table/${name}`,
    ref: 'name',
  },
  'AWS::SNS::Topic': {
    name: 'TopicName',
    arn: (name, { account, region }) => `arn:aws:sns:${region}:${account}:${name}`,
    ref: 'arn',
  },
  'AWS::SQS::Queue': {
    name: 'QueueName',
    arn: (name, { account, region }) => `arn:aws:sqs:${region}:${account}:${name}`,
    ref: 'name',
  },
}

/** A value of the template with its references resolved to the names that the replay uses too. */
const resolve = (value: unknown, resources: Resources, place: Place): string => {
  if (typeof value === 'string') return value
  const [[fn, argument] = ['', undefined]] = Object.entries(value as Record<string, unknown>)
  const named = (logicalId: string, as: 'name' | 'arn'): string => {
    const { Type = '', Properties = {} } = resources[logicalId] ?? {}
    const known = arns[Type]
    const name = known && typeof Properties[known.name] === 'string' ? String(Properties[known.name]) : logicalId
    if (!known) return `arn:aws:unnamed:${place.region}:${place.account}:${logicalId}`
    return as === 'name' ? name : known.arn(name, place)
  }
  switch (fn) {
    case 'Ref': {
      const id = String(argument)
      if (id === 'AWS::Partition') return 'aws'
      if (id === 'AWS::AccountId') return place.account
      if (id === 'AWS::Region') return place.region
      return named(id, arns[resources[id]?.Type ?? '']?.ref ?? 'arn')
    }
    case 'Fn::GetAtt':
      return named(String((argument as string[])[0]), 'arn')
    case 'Fn::Join': {
      const [separator, parts] = argument as [string, unknown[]]
      return parts.map((part) => resolve(part, resources, place)).join(separator)
    }
    default:
      throw new Error(`the template uses ${fn}, which local/account/iam/synthesised.ts does not resolve; add it`)
  }
}

const asList = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value])

const statementOf = (raw: Record<string, unknown>, resources: Resources, place: Place): Statement => {
  for (const field of ['NotAction', 'NotResource', 'NotPrincipal'])
    if (field in raw) throw new Error(`a policy uses ${field}, which the replay does not evaluate`)
  const conditions = (raw['Condition'] ?? {}) as Record<string, Record<string, unknown>>
  return {
    effect: raw['Effect'] === 'Deny' ? 'Deny' : 'Allow',
    actions: asList(raw['Action']).map(String),
    resources: asList(raw['Resource']).map((each) => resolve(each, resources, place)),
    conditions: Object.fromEntries(
      Object.entries(conditions).map(([operator, keys]) => [
        operator,
        Object.fromEntries(
          Object.entries(keys).map(([key, values]) => [
            key,
            asList(values).map((each) => resolve(each, resources, place)),
          ]),
        ),
      ]),
    ),
  }
}

const policiesIn = (resources: Resources, place: Place): SynthesisedPolicies => {
  const byFunction: Record<string, Statement[]> = {}
  for (const { Type, Properties } of Object.values(resources)) {
    if (Type !== 'AWS::IAM::Policy') continue
    const { Statement: raw } = Properties['PolicyDocument'] as { Statement: Record<string, unknown>[] }
    for (const { Ref } of Properties['Roles'] as { Ref: string }[]) {
      const role = String(resources[Ref]?.Properties['RoleName'] ?? '')
      if (!role.startsWith('agent-medic-')) continue
      const name = role.slice('agent-medic-'.length)
      byFunction[name] = [...(byFunction[name] ?? []), ...raw.map((each) => statementOf(each, resources, place))]
    }
  }
  const key = Object.entries(resources).find(([, { Type }]) => Type === 'AWS::KMS::Key')?.[0] ?? ''
  return { byFunction, keyArn: resolve({ 'Fn::GetAtt': [key, 'Arn'] }, resources, place) }
}

/** Synthesises the stack with empty bundles: what the functions contain says nothing about what they may do. */
const synthesise = async (fleet: Fleet, place: Place): Promise<SynthesisedPolicies> => {
  const [{ App }, { AgentMedicStack }] = await Promise.all([
    import('aws-cdk-lib'),
    import('../../../infra/agent-medic-stack.ts'),
  ])
  const folder = mkdtempSync(join(tmpdir(), 'agent-medic-policies-'))
  try {
    writeFileSync(join(folder, 'index.js'), '')
    const app = new App({ outdir: join(folder, 'cdk.out') })
    const bundle = join(folder, 'bundle')
    mkdirSync(bundle)
    writeFileSync(join(bundle, 'index.js'), '')
    const bundles = new Map(handlerNames().map((name) => [name, bundle]))
    new AgentMedicStack(app, 'policies', { env: place, fleet, bundles })
    const { template } = app.synth().getStackByName('policies') as { template: { Resources: Resources } }
    return policiesIn(template.Resources, place)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** All that the policies are made of; a change of any of it makes them anew. */
const sources = (): string[] =>
  ['infra', 'infra/constructs', 'state-machines', 'functions/handlers', 'functions/host'].flatMap((folder) =>
    readdirSync(join(repository, folder), { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => join(folder, name))
      .sort(),
  )

const hashOf = (fleet: Fleet, place: Place): string => {
  const hash = createHash('sha256').update(JSON.stringify([fleet, place]))
  for (const file of [...sources(), 'package-lock.json', 'local/account/iam/synthesised.ts'])
    hash.update(file).update(readFileSync(join(repository, file)))
  return hash.digest('hex').slice(0, 32)
}

const readCached = (file: string): SynthesisedPolicies | undefined => {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as SynthesisedPolicies
  } catch {
    return undefined
  }
}

const known = new Map<string, Promise<SynthesisedPolicies>>()

/**
 * The functions' policies out of the real CDK app, for the pools of one account and region. Synthesis takes a second or two:
 * its result is kept under `node_modules/.cache`, by a hash of everything that it is made of.
 */
export const synthesisedPolicies = (fleet: Fleet, place: Place): Promise<SynthesisedPolicies> => {
  const hash = hashOf(fleet, place)
  const made =
    known.get(hash) ??
    (async () => {
      const folder = join(repository, 'node_modules/.cache/agent-medic')
      const file = join(folder, `policies-${hash}.json`)
      const cached = readCached(file)
      if (cached) return cached
      const policies = await synthesise(fleet, place)
      mkdirSync(folder, { recursive: true })
      // Another replay may be at it too: a file is there whole or not at all.
      writeFileSync(`${file}.${process.pid}`, JSON.stringify(policies))
      renameSync(`${file}.${process.pid}`, file)
      return policies
    })()
  known.set(hash, made)
  return made
}
