/**
 * What looks like a secret in a text from outside: a line of somebody's log, what a host prints, the name of an alarm. The
 * host masks what it prints as well, and logs are read past it; what is masked here reaches neither the state nor a report. AWS's own words, such as `ExpiredToken:`, stay.
 */
const secrets: readonly [RegExp, string][] = [
  [/-----BEGIN [A-Z ]*-----.*/g, '[masked]'],
  [/\b(AKIA|ASIA)[A-Z0-9]{12,}/g, '[masked]'],
  [/\beyJ[\w-]{4,}\.[\w-]+(\.[\w-]*)?/g, '[masked]'],
  [/\b((glrt|glpat|xox[abprs]|sk)-|(ghp|gho|ghu|ghs|ghr|github_pat|bkua|bkct|npm)_)[\w-]{8,}/g, '[masked]'],
  [/(authorization["']?\s*[:=]\s*).*/gi, '$1[masked]'],
  [/\b(bearer|basic)\s+[\w.~+/=-]{6,}/gi, '$1 [masked]'],
  [/(:\/\/)[^/@\s]+:[^/@\s]+@/g, '$1[masked]@'],
  [/(X-Amz-(Signature|Credential|Security-Token)=)[^&\s]+/gi, '$1[masked]'],
  [
    /(?<!(?:Expired|Invalid|Unrecognized|Missing)[A-Za-z]{0,20})((?:token|passw(?:or)?d|(?<!:)secret(?!smanager)|api[_-]?key|access[_-]?key|private[_-]?key|credential)[\w.-]*["']?\s*[=:]\s*)("[^"]*"|'[^']*'|[^\s,;&"']+)/gi,
    '$1[masked]',
  ],
  [/(--[a-z-]*(?:token|password|secret|key)\s+)\S+/gi, '$1[masked]'],
]

export const maskSecrets = (line: string): string =>
  secrets.reduce((text, [pattern, replacement]) => text.replace(pattern, replacement), line)

/** A value out of JSON with every text in it masked; its shape stays. */
export const maskDeep = <T>(value: T): T => {
  if (typeof value === 'string') return maskSecrets(value) as T
  if (Array.isArray(value)) return value.map(maskDeep) as T
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, maskDeep(inner)])) as T
}
