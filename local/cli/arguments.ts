import { parseArgs } from 'node:util'
import { UsageError } from '../replay/scenario.ts'

export interface ReplayArguments {
  /** A scenario, a path, `all`; the default scenario without one. */
  named: string
  list: boolean
  json: boolean
  realTime: boolean
  fleet?: string
  world?: string
  save?: string
  /** `embedded`, or the endpoint that AWS_ENDPOINT_URL names. */
  account: 'embedded' | 'endpoint'
  awsAccount?: string
  gate?: 'approve' | 'reject' | 'expire' | 'ask'
}

export const usage = `npm run replay -- [scenario | path to event.json | all]
  --list            the scenarios
  --fleet <file>    another fleet configuration
  --world <file>    another simulated account
  --approve | --reject | --expire | --ask   who answers a gate (default: the scenario; a terminal is asked)
  --json            one JSON object on stdout and nothing else
  --real-time       wait as long as the workflow waits
  --account endpoint   send the calls to AWS_ENDPOINT_URL instead, in real time
  --aws-account <id>   the account that an endpoint elsewhere may change
  --save <dir>      write report, messages, history and calls there`

const gates = ['approve', 'reject', 'expire', 'ask'] as const

/** Reads the arguments. Throws UsageError that names the argument and the remedy. */
export const readArguments = (argv: readonly string[]): ReplayArguments => {
  const parsed = (() => {
    try {
      return parseArgs({
        args: [...argv],
        allowPositionals: true,
        options: {
          list: { type: 'boolean', default: false },
          json: { type: 'boolean', default: false },
          'real-time': { type: 'boolean', default: false },
          fleet: { type: 'string' },
          world: { type: 'string' },
          save: { type: 'string' },
          account: { type: 'string', default: 'embedded' },
          'aws-account': { type: 'string' },
          approve: { type: 'boolean', default: false },
          reject: { type: 'boolean', default: false },
          expire: { type: 'boolean', default: false },
          ask: { type: 'boolean', default: false },
        },
      })
    } catch (error) {
      throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`, { cause: error })
    }
  })()
  const { values, positionals } = parsed
  if (positionals.length > 1)
    throw new UsageError(`one scenario at a time, not ${positionals.join(' and ')}\n\n${usage}`)
  const { account } = values
  if (account !== 'embedded' && account !== 'endpoint')
    throw new UsageError(`--account is "embedded" or "endpoint", not "${account}"`)
  const chosen = gates.filter((gate) => values[gate])
  if (chosen.length > 1) throw new UsageError(`--${chosen.join(' and --')} exclude each other; give one`)
  return {
    named: positionals[0] ?? 'service-stopped',
    list: values.list,
    json: values.json,
    realTime: values['real-time'],
    account,
    ...(values['aws-account'] ? { awsAccount: values['aws-account'] } : {}),
    ...(values.fleet ? { fleet: values.fleet } : {}),
    ...(values.world ? { world: values.world } : {}),
    ...(values.save ? { save: values.save } : {}),
    ...(chosen[0] ? { gate: chosen[0] } : {}),
  }
}
