import type { State } from './definition.ts'
import { terminalErrors } from './errors.ts'
import type { Finding } from './preflight.ts'

const find = (problem: string, remedy: string): Finding[] => [{ problem, remedy }]

/** One list of Retry or Catch: States.ALL must stand alone and last, and no name may stand that never matches. */
const listFindings = (list: readonly { ErrorEquals: string[] }[], field: string): Finding[] =>
  list.flatMap(({ ErrorEquals }, index) => {
    const findings = ErrorEquals.filter((name) => terminalErrors.includes(name)).flatMap((name) =>
      find(`${field} names ${name}, which ends the execution`, 'leave the name out'),
    )
    if (ErrorEquals.includes('States.BranchFailed'))
      findings.push(...find(`${field} names States.BranchFailed`, 'name the branch’s errors, or States.ALL'))
    if (!ErrorEquals.includes('States.ALL')) return findings
    if (ErrorEquals.length > 1)
      findings.push(...find(`States.ALL stands beside other names in ${field}`, 'let it stand alone'))
    if (index < list.length - 1)
      findings.push(...find(`States.ALL is not last in ${field}`, 'move its entry to the end'))
    return findings
  })

/** The engine's Catch takes a time-out for States.TaskFailed, and a Parallel for a Task; AWS takes neither. */
const taskFailedFindings = ({ Type, Retry = [], Catch = [] }: State): Finding[] => {
  const names = (list: readonly { ErrorEquals: string[] }[]) => list.flatMap(({ ErrorEquals }) => ErrorEquals)
  if (Type !== 'Task')
    return names([...Retry, ...Catch]).includes('States.TaskFailed')
      ? find('States.TaskFailed stands on a state that is no Task', 'use States.ALL')
      : []
  const first = Catch.findIndex(({ ErrorEquals }) => ErrorEquals.includes('States.TaskFailed'))
  if (first === -1 || names(Catch.slice(0, first)).includes('States.Timeout')) return []
  return find(
    'States.TaskFailed in Catch would take States.Timeout too',
    'catch States.Timeout before it, or use States.ALL',
  )
}

/** What of a state's Retry and Catch would run otherwise than on AWS. */
export const retryAndCatchProblems = (state: State): Finding[] => [
  ...listFindings(state.Retry ?? [], 'Retry'),
  ...listFindings(state.Catch ?? [], 'Catch'),
  ...taskFailedFindings(state),
]
