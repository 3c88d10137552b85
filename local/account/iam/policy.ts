/** A statement of an identity policy, as IAM evaluates it; single values stand as lists of one. */
export interface Statement {
  effect: 'Allow' | 'Deny'
  actions: readonly string[]
  resources: readonly string[]
  conditions: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>
}

/** One authorisation that a call asks for: a call may need several, and each must be allowed. */
export interface AccessRequest {
  action: string
  resource: string
  /** Condition keys with their values; a key that is missing is one that the service does not send. */
  context: Readonly<Record<string, readonly string[]>>
}

const escaped = (text: string): string => text.replace(/[.+^${}()|[\]\\]/g, '\\$&')
/** IAM's wildcards: `*` for any text, `?` for one character. */
const matches = (pattern: string, value: string, flags = ''): boolean =>
  new RegExp(`^${escaped(pattern).replaceAll('*', '.*').replaceAll('?', '.')}$`, `s${flags}`).test(value)

const operators: Record<string, (wanted: string, value: string) => boolean> = {
  StringEquals: (wanted, value) => wanted === value,
  StringLike: (wanted, value) => matches(wanted, value),
  ArnEquals: (wanted, value) => matches(wanted, value),
  ArnLike: (wanted, value) => matches(wanted, value),
  Bool: (wanted, value) => wanted.toLowerCase() === value.toLowerCase(),
}

/**
 * Every operator and every key must hold; of a key's values one is enough. Throws for an operator that is not modelled: to
 * pass it over would allow what AWS may refuse.
 */
const conditionsHold = (conditions: Statement['conditions'], context: AccessRequest['context']): boolean =>
  Object.entries(conditions).every(([operator, keys]) => {
    const holds = operators[operator]
    if (!holds)
      throw new Error(`the condition operator ${operator} is not modelled; add it to local/account/iam/policy.ts`)
    return Object.entries(keys).every(([key, wanted]) =>
      (context[key] ?? []).some((value) => wanted.some((each) => holds(each, value))),
    )
  })

const covers = ({ actions, resources, conditions }: Statement, { action, resource, context }: AccessRequest): boolean =>
  actions.some((each) => matches(each, action, 'i')) &&
  resources.some((each) => matches(each, resource)) &&
  conditionsHold(conditions, context)

/** IAM's decision for an identity policy alone: an explicit denial wins, and what nothing allows is denied. */
export const isAllowed = (statements: readonly Statement[], request: AccessRequest): boolean =>
  !statements.some((each) => each.effect === 'Deny' && covers(each, request)) &&
  statements.some((each) => each.effect === 'Allow' && covers(each, request))
