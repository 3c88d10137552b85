import type { Reportable } from '../domain/workflow.ts'

/** Dollars in us-east-1: AWS price pages of Step Functions, Lambda (arm64), DynamoDB on demand and SNS e-mail. */
export const prices = {
  stateTransition: 25 / 1e6,
  lambdaGbSecond: 0.0000133334,
  lambdaRequest: 0.2 / 1e6,
  dynamoWrite: 0.625 / 1e6,
  snsEmail: 2 / 100_000,
} as const

/** States that every incident enters, and those that an attempt and a poll add; counted on the definition. */
const everyIncident = 6
const collecting = 14
const perAction = 6
const perVerification = 9
/** Typical, not measured: 512 MB for 0.4 s, and one write a step. */
const gbSecondsPerStep = 0.5 * 0.4

export interface Cost {
  usd: number
  stateTransitions: number
  note: string
}

export const costOf = (stateTransitions: number, note: string): Cost => {
  const steps = stateTransitions * 0.6
  const usd =
    stateTransitions * prices.stateTransition +
    steps * (gbSecondsPerStep * prices.lambdaGbSecond + prices.lambdaRequest + prices.dynamoWrite) +
    2 * prices.snsEmail
  return { usd: Math.round(usd * 1e6) / 1e6, stateTransitions, note }
}

/** A workflow does not know its own history: the report estimates the transitions from the path that the state tells of. */
export const estimateCost = ({ attempts, execution, verification, diagnosis }: Reportable): Cost => {
  const runs = attempts.length + (diagnosis ? 1 : 0)
  const actions = [...attempts.flatMap((each) => each.actions), ...(execution?.results ?? [])].length
  const verifications = attempts.filter(({ outcome }) => outcome === 'not-recovered').length + (verification ? 1 : 0)
  return costOf(
    everyIncident + runs * collecting + actions * perAction + verifications * perVerification,
    'estimated from the path taken',
  )
}
