import type { Cause } from '../domain/cause.ts'
import type { Diagnosis } from '../domain/diagnosis.ts'
import type { Evidence } from '../domain/evidence.ts'
import type { Finding } from '../domain/finding.ts'
import type { Rule } from './rule.ts'

type Matched = Extract<Finding, { outcome: 'matched' }>

/** Two causes this close, of which neither explains the other, are not decided between. */
const tooClose = 0.05

/** An open rule that the console may settle: the host does not answer, and EC2 is the only other witness. */
const needsOf = (evidence: Evidence, findings: readonly Finding[]): Diagnosis['needs'] => {
  const open = findings.some(({ outcome, cause }) => outcome === 'matched' && cause === 'ssm-agent-unreachable')
  return open && evidence.console === undefined ? ['console'] : []
}

const unknown = (findings: Finding[], explanation: string, needs: Diagnosis['needs']): Ranked => ({
  cause: 'unknown',
  confidence: 0,
  explanation,
  facts: [],
  symptoms: [],
  findings,
  needs,
})

export type Ranked = Omit<Diagnosis, 'scope' | 'round'>

/**
 * Ranks findings: a cause that explains another makes it its symptom; among what remains the most confident is the root.
 * `unknown` when nothing matched, or when two that do not explain each other are equally likely: a person then decides.
 */
export const rankFindings = (rules: readonly Rule[], findings: Finding[], evidence: Evidence): Ranked => {
  const needs = needsOf(evidence, findings)
  const matches = findings.filter((finding): finding is Matched => finding.outcome === 'matched')
  const explainedBy = (cause: Cause): boolean =>
    matches.some((other) => rules.find((rule) => rule.cause === other.cause)?.explains.includes(cause))
  const roots = matches.filter(({ cause }) => !explainedBy(cause)).sort((a, b) => b.confidence - a.confidence)
  const [first, second] = roots
  if (!first) {
    const missing = findings.flatMap((finding) => (finding.outcome === 'insufficient-evidence' ? finding.missing : []))
    const lacking = [...new Set(missing)]
    return unknown(
      findings,
      lacking.length > 0
        ? `No rule could decide; not seen: ${lacking.join(', ')}.`
        : 'What was seen fits no known cause.',
      needs,
    )
  }
  if (second && first.confidence - second.confidence < tooClose)
    return unknown(
      findings,
      `The evidence speaks as much for ${first.cause} as for ${second.cause}, and neither explains the other.`,
      needs,
    )
  const symptoms = matches.filter(({ cause }) => cause !== first.cause && explainedBy(cause)).map(({ cause }) => cause)
  const because = first.facts.map(({ name, value, channel }) => `${name}: ${value} (${channel})`).join('; ')
  const explained = symptoms.length > 0 ? ` It explains ${symptoms.join(' and ')}.` : ''
  return {
    cause: first.cause,
    confidence: first.confidence,
    explanation: `${because}.${explained}`,
    facts: first.facts,
    symptoms,
    findings,
    needs,
  }
}
