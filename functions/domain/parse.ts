import * as z from 'zod/mini'
import en from 'zod/v4/locales/en.js'

// zod/mini ships without wording; English is passed to each parse, so that importing this file configures nothing.
const { localeError } = en()

export type Parsed<T> = { ok: true; value: T } | { ok: false; problems: string[] }

/** `pools[0].limits.minHealthy`: how a person points at a value in a JSON file. */
export const pathText = (path: readonly PropertyKey[]): string =>
  path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`
    return text ? `${text}.${String(key)}` : String(key)
  }, '') || '(root)'

/** An issue in sentences that name path and problem and never the value; a union is told by the branch that came closest. */
const sentences = (issue: z.core.$ZodIssue, base: readonly PropertyKey[]): string[] => {
  const path = [...base, ...issue.path]
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const closest = [...issue.errors].sort((a, b) => a.length - b.length)[0] ?? []
    return closest.flatMap((inner) => sentences(inner, path))
  }
  if (issue.code === 'unrecognized_keys') {
    const keys = issue.keys.map((key) => `"${key}"`).join(', ')
    return [`${pathText(path)}: unknown key ${keys}; remove it or correct its spelling`]
  }
  return [`${pathText(path)}: ${issue.message}`]
}

/** Parses a value by a schema; every problem at once, by path. */
export const parse = <S extends z.core.$ZodType>(schema: S, value: unknown): Parsed<z.infer<S>> => {
  const parsed = z.safeParse(schema, value, { error: localeError })
  if (parsed.success) return { ok: true, value: parsed.data }
  return { ok: false, problems: parsed.error.issues.flatMap((issue) => sentences(issue, [])) }
}
