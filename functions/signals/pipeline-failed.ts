import * as z from 'zod/mini'
import { parse } from '../domain/parse.ts'
import { poolOfProject, poolSubject, poolsNeeding } from './places.ts'
import type { Reader } from './reader.ts'
import { ignored, rejected, tell } from './tell.ts'

/** `detail` of the three levels (CodePipeline user guide, "Monitoring CodePipeline events"). */
const detail = z.object({
  pipeline: z.string().check(z.minLength(1)),
  'execution-id': z.string(),
  state: z.string(),
  stage: z.optional(z.string()),
  action: z.optional(z.string()),
  type: z.optional(z.object({ owner: z.string(), category: z.string(), provider: z.string() })),
  'execution-result': z.optional(
    z.object({
      'external-execution-id': z.optional(z.string()),
      'external-execution-summary': z.optional(z.string()),
      'error-code': z.optional(z.string()),
    }),
  ),
})

/** A failed pipeline concerns the pools that name it, and the project that ran its action. A job's own failure is not told apart. */
const pipelineReader = (detailType: string, level: string): Reader => ({
  source: 'aws.codepipeline',
  detailType,
  kinds: ['pipeline-failed'],
  hears: `${level} of a pipeline in \`dependsOn\` failed; each pool`,
  async read(event, fleet) {
    const parsed = parse(detail, event.detail)
    if (!parsed.ok) return rejected(`detail of "${detailType}"`, parsed.problems)
    const { pipeline, state, stage, action, type, 'execution-result': result } = parsed.value
    const where = [pipeline, stage, action].filter((each) => each !== undefined).join(' / ')
    if (state !== 'FAILED') return ignored(`${where} is ${state}`)
    // FAILED is what CodePipeline says of an approval that a person rejected.
    if (type?.category === 'Approval') return ignored(`${where} was not approved`)
    const suffix = `:codepipeline:${event.region}:${event.account}:${pipeline}`
    const project = type?.provider === 'CodeBuild' ? result?.['external-execution-id']?.split(':')[0] : undefined
    const built = project ? poolOfProject(fleet, event, project.replace('build-batch/', '')) : undefined
    const pools = [...(built ? [built] : []), ...poolsNeeding(fleet, event, (arn) => arn.endsWith(suffix))]
    const summary = result?.['external-execution-summary'] ?? result?.['error-code'] ?? ''
    return tell(event, {
      kind: 'pipeline-failed',
      subjects: pools.map(poolSubject),
      summary: `${where} failed${summary ? `: ${summary}` : ''}`,
      details: {
        pipeline,
        stage,
        action,
        execution: parsed.value['execution-id'],
        provider: type?.provider,
        errorCode: result?.['error-code'],
        external: result?.['external-execution-id'],
      },
      unknown: `no pool of fleet.json in ${event.account} ${event.region} depends on pipeline ${pipeline}`,
    })
  },
})

export const pipelineFailed = pipelineReader('CodePipeline Pipeline Execution State Change', 'an execution')
export const stageFailed = pipelineReader('CodePipeline Stage Execution State Change', 'a stage')
export const pipelineActionFailed = pipelineReader('CodePipeline Action Execution State Change', 'an action')
