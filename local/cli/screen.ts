import type { Reportable } from '../../functions/domain/workflow.ts'
import type { EngineEvent } from '../engine/events.ts'
import type { SentMessage } from '../replay/replay.ts'
import type { Result } from '../replay/result.ts'

type Write = (line: string) => void
const colours = { dim: 2, bold: 1, red: 31, green: 32, yellow: 33, cyan: 36 } as const

/** ANSI colours on a terminal, plain text elsewhere. */
export const painter =
  (enabled: boolean) =>
  (colour: keyof typeof colours, text: string): string =>
    enabled ? `\u001b[${colours[colour]}m${text}\u001b[0m` : text
type Paint = ReturnType<typeof painter>

const outcomeColour = (outcome: string): keyof typeof colours =>
  outcome === 'recovered' || outcome === 'false-alarm'
    ? 'green'
    : outcome === 'failed' || outcome === 'escalated'
      ? 'red'
      : 'yellow'

/** What a step found out, told once its state has been left. */
const told = (state: string, output: Partial<Reportable>, paint: Paint): string[] => {
  const { evidence, diagnosis, plan, execution, verification, recheck, decision, attempts } = output
  switch (state) {
    case 'CollectEvidence':
      return Object.entries(evidence ?? {}).flatMap(([name, part]) =>
        part
          ? [`${name}: ${part.status === 'observed' ? 'observed' : paint('yellow', `unavailable, ${part.reason}`)}`]
          : [],
      )
    case 'Diagnose':
      return diagnosis
        ? [
            `${paint('bold', diagnosis.cause)} with confidence ${diagnosis.confidence.toFixed(2)}`,
            ...diagnosis.facts.map(({ name, value, channel }) => `${name}: ${value} (${channel})`),
          ]
        : []
    case 'PlanRemediation':
      return planned(plan, paint)
    case 'RequestApproval':
    case 'ExpireApproval':
      return decision
        ? [
            `${decision.decision}${decision.by ? ` by ${decision.by}` : ''}${decision.reason ? `: ${decision.reason}` : ''}`,
          ]
        : []
    case 'RecheckPlan':
      return recheck
        ? [`the plan ${recheck.status === 'holds' ? 'holds' : paint('yellow', 'is void')}: ${recheck.reason}`]
        : []
    case 'StartAction':
      return execution?.current
        ? [`started ${paint('bold', execution.current.action.kind)} on ${execution.current.action.target.id}`]
        : lastResult(execution, paint)
    case 'CheckAction':
    case 'AbandonAction':
      return execution?.current ? [] : lastResult(execution, paint)
    case 'CheckVerification':
      return verification?.status === 'pending'
        ? []
        : (verification?.checks ?? []).map(
            ({ name, result, detail }) =>
              `${paint(result === 'passed' ? 'green' : result === 'failed' ? 'red' : 'yellow', result.padEnd(7))} ${name}: ${detail}`,
          )
    case 'EndAttempt': {
      const last = attempts?.at(-1)
      return last ? [`attempt ${last.number} (${last.rung}) ended: ${last.outcome}`] : []
    }
    default:
      return []
  }
}

const planned = (plan: Reportable['plan'], paint: Paint): string[] => {
  if (!plan) return []
  const passed = plan.skipped.map(({ rung, reason }) => paint('dim', `passed over ${rung}: ${reason}`))
  if (plan.kind !== 'act') return [...passed, `${plan.kind}: ${plan.reason}`]
  const gate = plan.gate.kind === 'automatic' ? 'automatic' : `${plan.gate.kind}, ${plan.gate.reason}`
  return [...passed, `rung ${paint('bold', plan.rung)}: ${plan.actions.map(({ kind }) => kind).join(', ')} (${gate})`]
}

const lastResult = (execution: Reportable['execution'], paint: Paint): string[] => {
  const last = execution?.results.at(-1)
  return last
    ? [`${last.kind} ${paint(last.outcome === 'succeeded' ? 'green' : 'red', last.outcome)}: ${last.detail}`]
    : []
}

const quiet = new Set(['Choice', 'Wait', 'Pass', 'Succeed'])

/** Shows the states as they pass, with virtual time and what each found. */
export const showEvent =
  (paint: Paint, write: Write) =>
  (event: EngineEvent): void => {
    const time = paint('dim', event.at.toISOString().slice(11, 19))
    if (event.type === 'StateEntered' && !quiet.has(event.stateType ?? ''))
      write(`${time} ${paint('cyan', event.state ?? '')}`)
    if (event.type === 'TaskRetried')
      write(`${time} ${paint('yellow', `retry of ${event.state}: ${event.error ?? ''}`)}`)
    if (event.type === 'TaskCaught') write(`${time} ${paint('yellow', `${event.state} failed: ${event.error ?? ''}`)}`)
    if (event.type === 'StateExited' && event.state)
      for (const line of told(event.state, (event.output ?? {}) as Partial<Reportable>, paint))
        write(`           ${line}`)
  }

const boxed = ({ topic, subject, body }: SentMessage, paint: Paint): string[] => [
  '',
  paint('bold', `--- message to ${topic}: ${subject}`),
  ...body.split('\n').map((line) => `| ${line}`),
  paint('bold', '---'),
  '',
]
export const showMessage =
  (paint: Paint, write: Write) =>
  (message: SentMessage): void => {
    for (const line of boxed(message, paint)) write(line)
  }

/** The last lines: how it ended, how long it took, what it cost. */
export const showResult = (result: Result, paint: Paint, write: Write): void => {
  const seconds = Object.entries(result.timing).map(([phase, value]) => `${phase} ${value} s`)
  write(
    `${paint(outcomeColour(result.outcome), result.outcome.toUpperCase())}${result.cause ? ` (${result.cause})` : ''}${result.reason ? `: ${result.reason}` : ''}`,
  )
  if (seconds.length > 0) write(`virtual time: ${seconds.join(', ')}`)
  write(
    `${result.cost.stateTransitions} state transitions, about $${result.cost.usd.toFixed(4)}; ${result.calls.reduce((sum, { count }) => sum + count, 0)} AWS calls on the embedded account`,
  )
  if (result.deliveries.length > 1) write(`deliveries: ${result.deliveries.join(', ')}`)
}
