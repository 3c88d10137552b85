/**
 * Errors that handlers throw. Step Functions matches `Retry` and `Catch` on `name`, so each name here is written in the
 * workflow definition too, and a test holds both lists together.
 */
class MedicError extends Error {
  constructor(name: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = name
  }
}

/** The state that reached a step does not fit its contract: a fault in the workflow or a hand-made input. */
export class ContractError extends MedicError {
  constructor(message: string, options?: ErrorOptions) {
    super('ContractError', message, options)
  }
}

/** A function's settings are missing or wrong; names the key and the problem, never the value. */
export class SettingsError extends MedicError {
  constructor(message: string, options?: ErrorOptions) {
    super('SettingsError', message, options)
  }
}

/** The fleet configuration can't be used; lists every problem with its path and remedy. */
export class FleetConfigurationError extends MedicError {
  readonly problems: readonly string[]
  constructor(problems: readonly string[], options?: ErrorOptions) {
    super('FleetConfigurationError', `fleet configuration: ${problems.join('; ')}`, options)
    this.problems = problems
  }
}

/** The lease of the incident's subject is held by somebody else, or its fence has grown: this execution must not act. */
export class LeaseLostError extends MedicError {
  constructor(message: string, options?: ErrorOptions) {
    super('LeaseLostError', message, options)
  }
}

/** A call was throttled beyond the SDK's own retries; the state's Retry waits longer. */
export class ThrottledError extends MedicError {
  constructor(message: string, options?: ErrorOptions) {
    super('ThrottledError', message, options)
  }
}

/** A call failed in a way that may pass: time-out, connection, 5xx. */
export class TransientError extends MedicError {
  constructor(message: string, options?: ErrorOptions) {
    super('TransientError', message, options)
  }
}

/** AWS denied a call of ours. Retrying does not help; the message names the action as AWS words it. */
export class PermissionDeniedError extends MedicError {
  constructor(message: string, options?: ErrorOptions) {
    super('PermissionDeniedError', message, options)
  }
}

/** No channel took the report: nobody has been told. */
export class ReportNotPublishedError extends MedicError {
  constructor(message: string, options?: ErrorOptions) {
    super('ReportNotPublishedError', message, options)
  }
}

/** Names of all errors above, for the test that compares them with the workflow. */
export const errorNames = [
  'ContractError',
  'SettingsError',
  'FleetConfigurationError',
  'LeaseLostError',
  'ThrottledError',
  'TransientError',
  'PermissionDeniedError',
  'ReportNotPublishedError',
] as const
