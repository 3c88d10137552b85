import { Logger } from '@aws-lambda-powertools/logger'
import { Tracer } from '@aws-lambda-powertools/tracer'
import { captureLambdaHandler } from '@aws-lambda-powertools/tracer/middleware'
import middy from '@middy/core'
import type { Context } from 'aws-lambda'
import type * as z from 'zod/mini'
import { ContractError, SettingsError } from '../domain/errors.ts'
import { parse } from '../domain/parse.ts'
import { once } from './once.ts'
import { currentPlatform, type Platform } from './platform.ts'

/** What one Lambda is made of. */
export interface HandlerParts<I extends z.core.$ZodType, S extends z.core.$ZodType, Services, O> {
  /** Contract of the event; what is not in it does not reach the step. */
  input: I
  /** The function's settings, read from its environment. */
  settings: S
  /** The step's services, made once per execution environment from settings and platform. */
  services(settings: z.infer<S>, platform: Platform): Services
  step(services: Services): (input: z.infer<I>) => Promise<O>
  /** Short identifiers of the input that stand on every log line and as trace annotations. Never text from outside. */
  keys?(input: z.infer<I>): Record<string, string>
}

export type LambdaFunction = (event: unknown, context: Context) => Promise<unknown>

/** Reads settings by their schema. Throws SettingsError that names each key and its problem, never the value. */
export const readSettings = <S extends z.core.$ZodType>(
  schema: S,
  environment: Platform['environment'],
): z.infer<S> => {
  const parsed = parse(schema, environment)
  if (!parsed.ok) throw new SettingsError(`settings: ${parsed.problems.join('; ')}; set them on the function`)
  return parsed.value
}

const parseInput = <I extends z.core.$ZodType>(schema: I, event: unknown): z.infer<I> => {
  const parsed = parse(schema, event)
  if (!parsed.ok) throw new ContractError(`input does not fit the step's contract: ${parsed.problems.join('; ')}`)
  return parsed.value
}

/**
 * Makes a Lambda from its parts: tracing, structured logs, the contract at the entry, settings and services on first use.
 * Errors leave as they are, since Step Functions matches Retry and Catch on their names. Importing it has no effect.
 */
export const lambdaHandler = <I extends z.core.$ZodType, S extends z.core.$ZodType, Services, O>(
  parts: HandlerParts<I, S, Services, O>,
): LambdaFunction => {
  const prepared = new WeakMap<Platform, { run: (input: z.infer<I>) => Promise<O>; logger: Logger }>()
  const prepare = (platform: Platform) => {
    const known = prepared.get(platform)
    if (known) return known
    const settings = readSettings(parts.settings, platform.environment)
    const made = { run: parts.step(parts.services(settings, platform)), logger: loggerFor(platform) }
    prepared.set(platform, made)
    return made
  }

  const invoke = async (event: unknown, context: Context): Promise<O> => {
    const platform = currentPlatform()
    const { run, logger } = prepare(platform)
    logger.resetKeys()
    logger.addContext(context)
    const input = parseInput(parts.input, event)
    const keys = parts.keys?.(input) ?? {}
    logger.appendKeys(keys)
    for (const [key, value] of Object.entries(keys)) tracer().putAnnotation(key, value)
    try {
      const output = await run(input)
      logger.info('step finished')
      return output
    } catch (error) {
      logger.error('step failed', error as Error)
      throw error
    }
  }

  // The tracer is made with the first invocation, so that importing a handler does nothing.
  const traced = once(() =>
    middy<unknown, O>()
      .use(captureLambdaHandler(tracer(), { captureResponse: false }))
      .handler((event, context) => invoke(event, context as Context)),
  )
  return (event, context) => (traced() as unknown as LambdaFunction)(event, context)
}

const tracer = once(() => new Tracer({ serviceName: 'agent-medic' }))

const loggerFor = (platform: Platform): Logger =>
  new Logger({
    serviceName: 'agent-medic',
    logLevel: (platform.environment['LOG_LEVEL'] as 'INFO' | 'SILENT' | undefined) ?? 'INFO',
  })
