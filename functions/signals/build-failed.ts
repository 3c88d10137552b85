import * as z from 'zod/mini'
import { parse } from '../domain/parse.ts'
import { poolOfProject, poolSubject } from './places.ts'
import type { Reader } from './reader.ts'
import { ignored, rejected, tell } from './tell.ts'

/** Phases that run the job's own commands: a failure there is the job's, not the agent's. */
const jobPhases = new Set(['INSTALL', 'PRE_BUILD', 'BUILD', 'POST_BUILD'])
const statusOf = z.enum([
  'SUCCEEDED',
  'FAILED',
  'FAULT',
  'TIMED_OUT',
  'IN_PROGRESS',
  'STOPPED',
  'CLIENT_ERROR',
  'QUEUED',
])
const broken = new Set<z.infer<typeof statusOf>>(['FAILED', 'FAULT', 'TIMED_OUT', 'CLIENT_ERROR'])

const phase = z.object({
  'phase-type': z.string(),
  'phase-status': z.optional(statusOf),
  'phase-context': z.optional(z.array(z.string())),
})
/** `detail` of both events (CodeBuild user guide, "Build notifications input format reference"). */
const build = {
  'project-name': z.string().check(z.minLength(1)),
  'build-id': z.string().check(z.regex(/^arn:[a-z-]+:codebuild:/)),
}
const stateDetail = z.object({
  ...build,
  'build-status': statusOf,
  'additional-information': z.optional(z.object({ phases: z.optional(z.array(phase)) })),
})
const phaseDetail = z.object({
  ...build,
  'completed-phase': z.string(),
  'completed-phase-status': z.optional(statusOf),
  'completed-phase-context': z.optional(z.string()),
})

interface Failure {
  phase: string
  status: string
  context: string
}

/** A build that the fault of its own commands ended; CodeBuild's own faults and time-outs are never the job's. */
const isJobsOwn = ({ phase: name, status }: Failure): boolean => jobPhases.has(name) && status === 'FAILED'

const telling = (
  event: Parameters<Reader['read']>[0],
  fleet: Parameters<Reader['read']>[1],
  { 'project-name': project, 'build-id': id }: { 'project-name': string; 'build-id': string },
  failure: Failure,
) => {
  if (isJobsOwn(failure)) return ignored(`build ${id} failed by its own commands, in phase ${failure.phase}`)
  const pool = poolOfProject(fleet, event, project)
  return tell(event, {
    kind: 'build-failed',
    subjects: [pool ? poolSubject(pool) : null],
    summary: `Build of ${project}: phase ${failure.phase} ended as ${failure.status}: ${failure.context}`,
    details: { build: id, phase: failure.phase, status: failure.status, context: failure.context },
    unknown: `no pool of fleet.json in ${event.account} ${event.region} has project ${project}`,
  })
}

export const buildFailed: Reader = {
  source: 'aws.codebuild',
  detailType: 'CodeBuild Build State Change',
  kinds: ['build-failed'],
  hears:
    'a build ended by something else than its own commands (provisioning, source, upload, time-out, fault); the pool',
  async read(event, fleet) {
    const parsed = parse(stateDetail, event.detail)
    if (!parsed.ok) return rejected('detail of a build state change', parsed.problems)
    const { 'build-status': status, 'additional-information': more, ...named } = parsed.value
    if (!broken.has(status)) return ignored(`build ${named['build-id']} is ${status}`)
    const failed = more?.phases?.find((each) => each['phase-status'] && broken.has(each['phase-status']))
    return telling(event, fleet, named, {
      phase: failed?.['phase-type'] ?? 'unknown',
      status: failed?.['phase-status'] ?? status,
      context: failed?.['phase-context']?.join('; ') ?? '',
    })
  },
}

export const buildPhaseFailed: Reader = {
  source: 'aws.codebuild',
  detailType: 'CodeBuild Build Phase Change',
  kinds: ['build-failed'],
  hears: 'the same, at the phase that failed; the pool',
  async read(event, fleet) {
    const parsed = parse(phaseDetail, event.detail)
    if (!parsed.ok) return rejected('detail of a build phase change', parsed.problems)
    const {
      'completed-phase': name,
      'completed-phase-status': status,
      'completed-phase-context': context,
    } = parsed.value
    if (!status || !broken.has(status))
      return ignored(`phase ${name} of ${parsed.value['build-id']}: ${status ?? 'no status'}`)
    return telling(event, fleet, parsed.value, { phase: name, status, context: context ?? '' })
  },
}
