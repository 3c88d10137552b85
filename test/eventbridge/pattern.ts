import { BlockList, isIP } from 'node:net'

type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
export type Pattern = { [key: string]: Json }

const isObject = (value: unknown): value is { [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const list = (value: Json): Json[] => (Array.isArray(value) ? value : [value])
const fold = (text: string): string => text.toLowerCase()

/** A wildcard of EventBridge: `*` is any run of characters, `\*` and `\\` are themselves; `**` is refused. */
const wildcard = (pattern: string): RegExp => {
  if (/(?<!\\)\*\*/.test(pattern)) throw new Error(`wildcard "${pattern}" has two asterisks in a row`)
  const source = pattern.replace(/\\([*\\])|(\*)|([\s\S])/g, (_all, escaped, star, plain) =>
    star ? '[\\s\\S]*' : String(escaped ?? plain).replace(/[.*+?^${}()|[\]\\]/g, '\\$&'),
  )
  return new RegExp(`^${source}$`)
}

const compare: Record<string, (a: number, b: number) => boolean> = {
  '=': (a, b) => a === b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
}

const numeric = (value: Json, condition: Json): boolean => {
  const parts = list(condition)
  if (parts.length === 0 || parts.length % 2 !== 0) throw new Error('numeric takes pairs of operator and number')
  for (let index = 0; index < parts.length; index += 2) {
    const [operator, bound] = [parts[index], parts[index + 1]]
    const holds = typeof operator === 'string' ? compare[operator] : undefined
    if (!holds || typeof bound !== 'number') throw new Error(`numeric does not know ${JSON.stringify(operator)}`)
    if (typeof value !== 'number' || !holds(value, bound)) return false
  }
  return true
}

const cidr = (value: Json, range: Json): boolean => {
  const [network = '', bits] = String(range).split('/')
  const family = isIP(network)
  if (family === 0 || !/^\d{1,3}$/.test(bits ?? '')) throw new Error(`cidr does not know ${JSON.stringify(range)}`)
  if (typeof value !== 'string' || isIP(value) !== family) return false
  const block = new BlockList()
  const name = family === 6 ? 'ipv6' : 'ipv4'
  block.addSubnet(network, Number(bits), name)
  return block.check(value, name)
}

/** Prefix and suffix take text, or text whose case does not count. */
const edge = (value: Json, condition: Json, holds: (text: string, part: string) => boolean): boolean => {
  if (typeof value !== 'string') return false
  if (!isObject(condition)) return holds(value, String(condition))
  const part = condition['equals-ignore-case']
  if (typeof part !== 'string') throw new Error('prefix and suffix take text or equals-ignore-case')
  return holds(fold(value), fold(part))
}

const operators: Record<string, (value: Json, condition: Json) => boolean> = {
  prefix: (value, condition) => edge(value, condition, (text, part) => text.startsWith(part)),
  suffix: (value, condition) => edge(value, condition, (text, part) => text.endsWith(part)),
  'equals-ignore-case': (value, condition) =>
    typeof value === 'string' && list(condition).some((each) => fold(value) === fold(String(each))),
  wildcard: (value, condition) =>
    typeof value === 'string' && list(condition).some((each) => wildcard(String(each)).test(value)),
  numeric,
  cidr,
  exists: () => true,
  'anything-but': (value, condition) => {
    if (!isObject(condition)) return !list(condition).some((each) => each === value)
    return !Object.entries(condition).some(([name, inner]) => list(inner).some((each) => operator(name)(value, each)))
  },
}

const operator = (name: string): ((value: Json, condition: Json) => boolean) => {
  const found = operators[name]
  if (!found) throw new Error(`EventBridge has no operator "${name}"`)
  return found
}

const matchesValue = (value: Json, wanted: Json): boolean => {
  if (!isObject(wanted)) return value === wanted
  const [entry, ...more] = Object.entries(wanted)
  if (!entry || more.length > 0) throw new Error(`one operator to a condition: ${JSON.stringify(wanted)}`)
  return operator(entry[0])(value, entry[1])
}

/** A leaf: any of the wanted values by the value itself, or by any element of a list. `exists` asks of leaves alone. */
const matchesLeaf = (value: Json | undefined, wanted: Json[]): boolean => {
  if (wanted.length === 0) throw new Error('an empty list matches nothing; EventBridge refuses it')
  const leaf = value !== undefined && !isObject(value)
  const absent = wanted.some((each) => isObject(each) && each['exists'] === false)
  if (!leaf) return absent
  const asked = wanted.filter((each) => !(isObject(each) && each['exists'] === false))
  return list(value).some((each) => !isObject(each) && asked.some((one) => matchesValue(each, one)))
}

const matchesField = (value: Json | undefined, wanted: Json): boolean => {
  if (Array.isArray(wanted)) return matchesLeaf(value, wanted)
  if (!isObject(wanted)) throw new Error(`a pattern's values stand in lists: ${JSON.stringify(wanted)}`)
  // The conditions on a list of objects must hold for one and the same element.
  if (Array.isArray(value)) return value.some((each) => isObject(each) && matchesPattern(each, wanted))
  return matchesPattern(isObject(value ?? {}) ? ((value ?? {}) as Pattern) : {}, wanted)
}

/**
 * Whether EventBridge would match an event against a pattern (EventBridge user guide, "Comparison operators for use in
 * event patterns"). Throws for a pattern that it would refuse.
 */
export const matchesPattern = (event: { [key: string]: Json }, pattern: Pattern): boolean =>
  Object.entries(pattern).every(([key, wanted]) => {
    if (key === '$or') return list(wanted).some((each) => isObject(each) && matchesPattern(event, each))
    return matchesField(event[key], wanted)
  })
