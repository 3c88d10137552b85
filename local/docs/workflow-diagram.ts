import type { Definition, State } from '../engine/definition.ts'

type Edge = { from: string; to: string; label?: string }

const edgesOf = (name: string, state: State): Edge[] => [
  ...(state.Next ? [{ from: name, to: state.Next }] : []),
  ...((state.Choices ?? []) as { Next: string; StringEquals?: string }[]).map(({ Next, StringEquals }) => ({
    from: name,
    to: Next,
    ...(StringEquals ? { label: StringEquals } : {}),
  })),
  ...(typeof state['Default'] === 'string' ? [{ from: name, to: state['Default'], label: 'else' }] : []),
  // What is caught for good leads to the report from nearly everywhere: only the other ways are drawn.
  ...(state.Catch ?? [])
    .filter(({ Next }) => Next !== 'PublishReport')
    .map(({ Next, ErrorEquals }) => ({ from: name, to: Next, label: ErrorEquals.join(' or ') })),
]

const shape = (name: string, { Type, Branches }: State): string => {
  if (Type === 'Choice') return `${name}{${name}}`
  if (Type === 'Wait') return `${name}([${name}])`
  if (Type === 'Succeed' || Type === 'Fail') return `${name}(((${name})))`
  const branches = (Branches ?? []).map(({ StartAt }) => StartAt)
  return branches.length > 0 ? `${name}["${name}<br/>${branches.join('<br/>')}"]` : `${name}[${name}]`
}

/** A definition as a Mermaid flow chart. */
export const workflowDiagram = ({ States }: Definition): string =>
  [
    'flowchart TD',
    ...Object.entries(States).map(([name, state]) => `  ${shape(name, state)}`),
    ...Object.entries(States)
      .flatMap(([name, state]) => edgesOf(name, state))
      .map(({ from, to, label }) => `  ${from} -->${label ? `|${label}|` : ''} ${to}`),
  ].join('\n')
