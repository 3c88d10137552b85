import { allStates, type Definition, type State, waitsForToken } from './definition.ts'

/** setTimeout overflows beyond this, and the engine's own timers run beside ours. */
const longestSeconds = 2_000_000

const resources = ['arn:aws:states:::lambda:invoke', 'arn:aws:states:::lambda:invoke.waitForTaskToken']
const supportedTypes = ['Task', 'Choice', 'Wait', 'Parallel', 'Pass', 'Succeed', 'Fail']
/** Intrinsic functions that aws-local-stepfunctions 3.0.0 runs wrongly. */
const wrongIntrinsics = /States\.(JsonMerge|Base64Encode|Base64Decode)/
/** Context paths that the adapter serves; others would read as empty. */
const contextPath =
  /^\$\$\.(Execution\.(Id|Name|Input|StartTime)|State\.EnteredTime|StateMachine\.(Id|Name)|Task\.Token)/

const strings = (value: unknown): string[] => {
  if (typeof value === 'string') return [value]
  if (value && typeof value === 'object') return Object.values(value).flatMap(strings)
  return []
}

const taskProblems = (state: State): string[] => {
  const problems: string[] = []
  if (!resources.includes(state.Resource ?? ''))
    problems.push(`Resource "${state.Resource}" is not run by the replay; use ${resources[0]}`)
  if (state.TimeoutSeconds === undefined && !state.TimeoutSecondsPath)
    problems.push('TimeoutSeconds is missing: the engine would fail the task after 60 s; set it')
  if (waitsForToken(state) && !JSON.stringify(state.Parameters ?? {}).includes('$$.Task.Token'))
    problems.push('it waits for a task token that its Parameters never hand out; pass $$.Task.Token')
  return problems
}

const errorListProblems = (state: State): string[] =>
  [...(state.Retry ?? []), ...(state.Catch ?? [])].flatMap(({ ErrorEquals }, index, all) => {
    if (!ErrorEquals.includes('States.ALL')) return []
    if (ErrorEquals.length > 1) return ['States.ALL stands beside other names; it must stand alone']
    const lists = [state.Retry ?? [], state.Catch ?? []]
    const last = lists.some((list) => list.at(-1) === all[index])
    return last ? [] : ['States.ALL is not the last entry; move it to the end']
  })

const stateProblems = (state: State): string[] => {
  const problems: string[] = []
  if (!supportedTypes.includes(state.Type)) problems.push(`Type "${state.Type}" is not run by the replay`)
  if ('QueryLanguage' in state || 'Assign' in state || 'Arguments' in state || 'Output' in state)
    problems.push('JSONata and variables are ignored by the engine; use JSONPath')
  if ('HeartbeatSeconds' in state || 'HeartbeatSecondsPath' in state)
    problems.push('HeartbeatSeconds is ignored by the engine; use TimeoutSeconds')
  if ('Timestamp' in state || 'TimestampPath' in state)
    problems.push('the engine reads timestamps by the machine clock; use Seconds or SecondsPath')
  for (const seconds of [state.TimeoutSeconds, state.Seconds])
    if (seconds !== undefined && seconds > longestSeconds)
      problems.push(`${seconds} s overflows a timer; at most ${longestSeconds}`)
  for (const text of strings({ ...state, Branches: undefined })) {
    if (wrongIntrinsics.test(text)) problems.push(`${text} is run wrongly by the engine; do it in a step`)
    if (text.startsWith('$$.') && !contextPath.test(text)) problems.push(`${text} is not served by the replay`)
  }
  return [...problems, ...errorListProblems(state), ...(state.Type === 'Task' ? taskProblems(state) : [])]
}

/**
 * Every construct of a definition that the replay would run otherwise than AWS, with its path and the remedy. Empty when
 * the definition can be replayed. What aws-local-stepfunctions does silently wrong is listed in docs/decisions/0001.
 */
export const preflight = (definition: Definition): string[] => {
  const states = allStates(definition)
  const names = states.map(({ name }) => name)
  const twice = [...new Set(names.filter((name, index) => names.indexOf(name) !== index))]
  return [
    ...(definition.QueryLanguage && definition.QueryLanguage !== 'JSONPath' ? ['QueryLanguage: use JSONPath'] : []),
    ...twice.map(
      (name) => `States.${name}: the name stands twice in the definition; names must be unique over all branches`,
    ),
    ...states.flatMap(({ path, state }) => stateProblems(state).map((problem) => `${path}: ${problem}`)),
  ]
}
