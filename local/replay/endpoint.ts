import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import * as z from 'zod/mini'
import {
  fleetSettings,
  rejectedSettings,
  reportSettings,
  tableSettings,
  topicSettings,
} from '../../functions/aws/settings.ts'
import { parse } from '../../functions/domain/parse.ts'
import type { ClientSeam } from '../../functions/runtime/platform.ts'
import type { CallRecord } from '../account/seam.ts'
import { sfnApi, type Workflow } from '../account/sfn-api.ts'
import type { VirtualClock } from '../engine/virtual-clock.ts'
import { UsageError } from './scenario.ts'

/** What the functions need at an endpoint; there the user has made it, and names it as the stack would. */
const resources = z.extend(
  z.extend(z.omit(z.extend(fleetSettings, tableSettings.shape), { FLEET_FILE: true }), reportSettings.shape),
  { ...topicSettings.shape, ...rejectedSettings.shape },
)

const isLoopback = (url: string): boolean => /^(127(\.\d{1,3}){3}|localhost|\[::1\])$/.test(new URL(url).hostname)

/** The endpoints that the user's environment names: one for all services, or one for some. */
const endpointsIn = (environment: NodeJS.ProcessEnv): string[] =>
  Object.entries(environment).flatMap(([name, value]) => (/^AWS_ENDPOINT_URL(_|$)/.test(name) && value ? [value] : []))

/** Asks the endpoint which account it is. */
const accountThere = async (): Promise<string> => {
  const client = new STSClient({})
  try {
    return (await client.send(new GetCallerIdentityCommand({}))).Account ?? 'no account'
  } finally {
    client.destroy()
  }
}

/**
 * Admits `--account endpoint`. What is not on this machine may be an account with machines in it: its id must be said and be
 * the one that answers. Throws UsageError with the remedy; answers the environment of the functions.
 */
export const admitEndpoint = async (
  environment: NodeJS.ProcessEnv,
  awsAccount: string | undefined,
  whoIsThere = accountThere,
): Promise<Record<string, string>> => {
  const endpoints = endpointsIn(environment)
  if (endpoints.length === 0)
    throw new UsageError('--account endpoint needs AWS_ENDPOINT_URL (or AWS_ENDPOINT_URL_<SERVICE>) in the environment')
  for (const url of endpoints) if (!URL.canParse(url)) throw new UsageError(`AWS_ENDPOINT_URL: "${url}" is no URL`)
  // A service without an endpoint of its own goes to AWS itself.
  const local = environment['AWS_ENDPOINT_URL'] !== undefined && endpoints.every(isLoopback)
  if (!local) {
    if (!awsAccount)
      throw new UsageError(
        'the endpoint is not on this machine: name the account that it may change with --aws-account <id>',
      )
    const there = await whoIsThere()
    if (there !== awsAccount)
      throw new UsageError(`--aws-account says ${awsAccount}, and the credentials are of ${there}: nothing was called`)
  }
  const parsed = parse(resources, environment)
  if (!parsed.ok)
    throw new UsageError(
      `--account endpoint: the environment must name the resources there: ${parsed.problems.join('; ')}`,
    )
  return parsed.value
}

interface EndpointSeamOptions {
  clock: VirtualClock
  workflow(): Workflow
  caller(): string
  record(call: CallRecord): void
  observe(service: string, operation: string, input: Record<string, unknown>): void
}

type Next = (args: { input: Record<string, unknown> }) => Promise<unknown>

/** Clients as the user's environment configures them. Only task tokens stay here, since the workflow itself runs here. */
export const createEndpointSeam = ({ clock, workflow, caller, record, observe }: EndpointSeamOptions): ClientSeam => ({
  configuration(service) {
    if (service === 's3') return { forcePathStyle: true }
    // An emulator's queue URL may name a host that only it resolves; the endpoint is what the user gave.
    return service === 'sqs' ? { useQueueUrlAsEndpoint: false } : {}
  },
  attach(service, client) {
    const middleware = (next: Next, context: { commandName?: string }) => async (args: Parameters<Next>[0]) => {
      const operation = (context.commandName ?? '').replace(/Command$/, '')
      const settled = (outcome: string) => record({ at: clock.now(), function: caller(), service, operation, outcome })
      try {
        const answer =
          service === 'sfn'
            ? { output: { ...sfnApi(workflow)[operation]?.run(args.input), $metadata: {} }, response: {} }
            : await next(args)
        settled('ok')
        observe(service, operation, args.input)
        return answer
      } catch (error) {
        settled(error instanceof Error ? error.name : 'error')
        throw error
      }
    }
    client.middlewareStack.add(
      middleware as never,
      { step: 'deserialize', priority: 'high', name: 'endpoint' } as never,
    )
  },
})
