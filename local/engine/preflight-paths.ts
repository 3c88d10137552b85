import { type State, waitsForToken } from './definition.ts'
import type { Finding } from './preflight.ts'
import { isPathKey } from './rewrite.ts'

/** Intrinsic functions that aws-local-stepfunctions 3.0.0 runs wrongly, or that differ from run to run. */
const refusedFunctions: Record<string, string> = {
  'States.JsonMerge': 'changes its input',
  'States.Base64Encode': 'garbles what is not ASCII',
  'States.Base64Decode': 'garbles what is not ASCII',
  'States.UUID': 'gives another value in each replay',
  'States.MathRandom': 'gives another value in each replay',
}

/** Context paths that the adapter serves; others would read as missing. */
const servedContext =
  /^\$\$\.(Execution\.(Id|Name|StartTime|Input.*)|State\.(Name|EnteredTime)|StateMachine\.(Id|Name)|Task\.Token)$/
/** Paths to one place. On paths that may select several, the engine returns nothing where AWS returns an empty list. */
const definitePath = /^\$\$?(\.[\w-]+|\[\d+\]|\['[^']+'\]|\["[^"]+"\])*$/
/** A ResultPath as the engine writes it: names only, of a JSON object. */
const writablePath = /^\$(\.[\w-]+)*$/

/** Each string of a state that is read as a path or an intrinsic function, with the field of the state it stands in. */
const expressions = (value: unknown, field = ''): { field: string; text: string }[] => {
  if (Array.isArray(value)) return value.flatMap((inner) => expressions(inner, field))
  if (!value || typeof value !== 'object') return []
  return Object.entries(value).flatMap(([key, inner]) => {
    if (key === 'Branches') return []
    const within = field || key
    if (typeof inner === 'string' && isPathKey(key)) return [{ field: key.endsWith('.$') ? within : key, text: inner }]
    return expressions(inner, within)
  })
}

/** The paths in an expression: itself, or the arguments of its functions outside of quoted text. */
const pathsIn = (text: string): string[] =>
  text.startsWith('$') ? [text] : (text.replace(/'(\\'|[^'])*'/g, "''").match(/\$[^,)\s]*/g) ?? [])

const contextFindings = (state: State, field: string, path: string, whole: boolean): Finding[] => {
  const find = (problem: string, remedy: string) => [{ problem: `${path} ${problem}`, remedy }]
  if (!servedContext.test(path)) return find('is not served by the replay', 'pass the value through the state')
  if (path === '$$.Task.Token' && !waitsForToken(state))
    return find('is read where no token is issued', 'read it in a .waitForTaskToken Task')
  if (path === '$$.State.Name' && !whole) return find('is not served inside a function', 'write the name itself')
  if (path === '$$.State.EnteredTime' && (field === 'ResultSelector' || field === 'OutputPath'))
    return find('is served only while the state is entered', 'read it in Parameters')
  return []
}

/** What of a state's paths and intrinsic functions the engine would read otherwise than AWS. */
export const pathProblems = (state: State): Finding[] =>
  expressions(state).flatMap(({ field, text }) => {
    const functions = Object.entries(refusedFunctions)
      .filter(([name]) => text.includes(`${name}(`))
      .map(([name, fault]) => ({ problem: `${name} ${fault}`, remedy: 'compute the value in a step' }))
    if (field === 'ResultPath')
      return writablePath.test(text)
        ? []
        : [{ problem: `ResultPath ${text} is not written as on AWS`, remedy: 'use names joined by dots' }]
    const paths = pathsIn(text).flatMap((path) => {
      if (path.startsWith('$$')) return contextFindings(state, field, path, path === text)
      if (definitePath.test(path)) return []
      return [
        { problem: `${path} may select several values`, remedy: 'use a path to one place, or compute it in a step' },
      ]
    })
    return [...functions, ...paths]
  })
