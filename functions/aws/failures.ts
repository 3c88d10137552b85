import { PermissionDeniedError, ThrottledError, TransientError } from '../domain/errors.ts'

const throttlingNames = new Set([
  'BandwidthLimitExceeded',
  'EC2ThrottledException',
  'KMSThrottlingException',
  'KmsThrottled',
  'PriorRequestNotComplete',
  'Throttled',
  'Throttling',
  'ThrottlingException',
  'ThrottledException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'TooManyRequestsException',
  'ProvisionedThroughputExceededException',
  'LimitExceededException',
  'SlowDown',
])
const denialNames = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'AuthorizationError',
  'UnauthorizedOperation',
  'Client.UnauthorizedOperation',
  'AuthorizationErrorException',
  'KMSAccessDeniedException',
  'KmsAccessDenied',
])
const passingNames = new Set([
  // Auto Scaling: another change of the group is under way.
  'ResourceContention',
  'ResourceContentionFault',
  'ScalingActivityInProgress',
  'ScalingActivityInProgressFault',
  'TimeoutError',
  'RequestTimeout',
  'RequestTimeoutException',
  'InternalError',
  'InternalFailure',
  'InternalServerError',
  'InternalServerException',
  'InternalServiceError',
  'ServiceUnavailable',
  'Unavailable',
  'ServerException',
  'InternalFault',
])
const passingCodes = new Set(['ECONNRESET', 'ECONNREFUSED', 'ETIMEDOUT', 'EPIPE', 'ENOTFOUND', 'EAI_AGAIN'])

interface SdkError extends Error {
  code?: string
  $metadata?: { httpStatusCode?: number }
}

/**
 * An error of the SDK in the workflow's words, with the SDK's error as its cause. Throttling and passing faults carry the
 * names that the states retry; a denial names the action as AWS worded it. Anything else stays what it is.
 */
export const translate = (error: unknown): unknown => {
  if (!(error instanceof Error)) return error
  const { name, message, code, $metadata } = error as SdkError
  const told = `${name}: ${message}`
  const status = $metadata?.httpStatusCode ?? 0
  if (throttlingNames.has(name) || status === 429) return new ThrottledError(told, { cause: error })
  if (denialNames.has(name)) return new PermissionDeniedError(told, { cause: error })
  if (passingNames.has(name) || passingCodes.has(code ?? '') || status >= 500)
    return new TransientError(told, { cause: error })
  return error
}

/** Makes a call and translates its failure. */
export const guarded = async <T>(call: () => Promise<T>): Promise<T> => {
  try {
    return await call()
  } catch (error) {
    throw translate(error)
  }
}

/** True for an error of that name, as the service gives it. */
export const isNamed = (error: unknown, ...names: string[]): boolean =>
  error instanceof Error && names.includes(error.name)
