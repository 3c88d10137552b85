import { StateMachine } from 'aws-local-stepfunctions'
import { allStates, type Definition, type State, waitsForToken } from './definition.ts'
import { pathProblems } from './preflight-paths.ts'
import { retryAndCatchProblems } from './preflight-retry-catch.ts'

/** A construct that would run otherwise than on AWS: where it stands, what is wrong, and what to write instead. */
export interface Problem {
  path: string
  problem: string
  remedy: string
}

export type Finding = Omit<Problem, 'path'>

/** The definition uses what the replay would run otherwise than AWS. Its message names every construct and its remedy. */
export class UnreplayableDefinition extends Error {
  readonly problems: readonly Problem[]
  constructor(problems: readonly Problem[]) {
    super(
      `The state machine can't be replayed:\n${problems.map((each) => `  ${each.path}: ${each.problem}; ${each.remedy}.`).join('\n')}`,
    )
    this.name = 'UnreplayableDefinition'
    this.problems = problems
  }
}

const invoke = 'arn:aws:states:::lambda:invoke'
const types = ['Task', 'Choice', 'Wait', 'Parallel', 'Pass', 'Succeed', 'Fail']
const taskParameters = ['FunctionName', 'Payload', 'Payload.$']
/** JSONata and variables: the library takes no notice of these. */
const ignoredFields = ['QueryLanguage', 'Assign', 'Arguments', 'Output', 'Condition', 'Credentials']

const taskFindings = (state: State): Finding[] => {
  const findings: Finding[] = []
  const find = (problem: string, remedy: string) => findings.push({ problem, remedy })
  const { Resource, Parameters = {}, TimeoutSeconds, HeartbeatSeconds } = state
  if (Resource !== invoke && Resource !== `${invoke}.waitForTaskToken`)
    find(`the replay does not run Resource ${Resource}`, `use ${invoke} or ${invoke}.waitForTaskToken`)
  if (typeof Parameters['FunctionName'] !== 'string')
    find('Parameters name no function', 'set FunctionName to a placeholder such as ${OpenIncidentFunctionArn}')
  for (const key of Object.keys(Parameters))
    if (!taskParameters.includes(key)) find(`the replay does not run the parameter ${key}`, 'leave it out')
  if (TimeoutSeconds === undefined && state.TimeoutSecondsPath === undefined)
    find('the Task has no time-out', 'set TimeoutSeconds above the function’s own')
  if (HeartbeatSeconds !== undefined && TimeoutSeconds !== undefined && HeartbeatSeconds >= TimeoutSeconds)
    find('HeartbeatSeconds is not below TimeoutSeconds', 'set a shorter heartbeat')
  if (waitsForToken(state) && !JSON.stringify(Parameters).includes('$$.Task.Token'))
    find('the Task waits for a token that it hands to nobody', 'pass $$.Task.Token in its Payload')
  return findings
}

const stateFindings = (state: State): Finding[] => {
  const findings = ignoredFields
    .filter((field) => field in state && state[field] !== 'JSONPath')
    .map((field) => ({
      problem: `${field} is ignored by the engine`,
      remedy: 'write the state in JSONPath, without variables',
    }))
  if (!types.includes(state.Type))
    findings.push({
      problem: `the replay does not run states of type ${state.Type}`,
      remedy: `use ${types.join(', ')}`,
    })
  if (state.Type === 'Pass' && 'Result' in state && !state.Result)
    findings.push({ problem: 'an empty Result is ignored by the engine', remedy: 'set it through Parameters' })
  if (/"StringMatches":"[^"]*\?/.test(JSON.stringify(state['Choices'] ?? [])))
    findings.push({ problem: '? in StringMatches is a wildcard to the engine', remedy: 'match with * alone' })
  if (state.Type === 'Task') findings.push(...taskFindings(state))
  return [...findings, ...pathProblems(state), ...retryAndCatchProblems(state)]
}

/** Every construct of a definition that the replay would run otherwise than AWS. Empty when it can be replayed. */
export const preflight = (definition: Definition): Problem[] => {
  const states = allStates(definition)
  const repeated = states.filter(({ name }, index) => states.findIndex((other) => other.name === name) !== index)
  const language = definition.QueryLanguage ?? 'JSONPath'
  return [
    ...(language === 'JSONPath'
      ? []
      : [{ path: 'QueryLanguage', problem: `${language} is ignored by the engine`, remedy: 'write JSONPath' }]),
    ...repeated.map(({ path, name }) => ({
      path,
      problem: `the name ${name} stands twice`,
      remedy: 'name states uniquely over all branches',
    })),
    ...states.flatMap(({ path, state }) => stateFindings(state).map((finding) => ({ path, ...finding }))),
  ]
}

const accepted = new WeakSet<Definition>()

/** Throws an UnreplayableDefinition with every problem. The validation of the language takes 100 ms, once a definition. */
export const refuseWhatCannotRun = (definition: Definition): void => {
  if (accepted.has(definition)) return
  const problems = preflight(definition)
  if (problems.length > 0) throw new UnreplayableDefinition(problems)
  try {
    // The validator writes its defaults into what it reads.
    new StateMachine(structuredClone(definition) as never)
  } catch (error) {
    const problem = (error as Error).message.replaceAll(/\s*\n\s*/g, ' ')
    throw new UnreplayableDefinition([{ path: '(whole)', problem, remedy: 'correct what asl-validator names' }])
  }
  accepted.add(definition)
}
