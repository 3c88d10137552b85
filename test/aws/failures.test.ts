import { describe, expect, it } from 'vitest'
import { guarded, translate } from '../../functions/aws/failures.ts'
import { anApiError } from './a-platform.ts'

const nameOf = (error: unknown) => (error as Error).name

describe('failures', () => {
  it.each([
    ['RequestLimitExceeded', 503],
    ['Throttling', 400],
    ['ThrottlingException', 400],
    ['ThrottledException', 429],
    ['ProvisionedThroughputExceededException', 400],
    ['SlowDown', 503],
    ['a name that nobody knows', 429],
  ])('takes %s (%i) for throttling', (name, status) => {
    expect(nameOf(translate(anApiError(name, status)))).toBe('ThrottledError')
  })

  it.each([
    ['AccessDenied', 403],
    ['AccessDeniedException', 400],
    ['UnauthorizedOperation', 403],
    ['AuthorizationErrorException', 403],
    ['KMSAccessDeniedException', 400],
  ])('takes %s (%i) for a denial', (name, status) => {
    expect(nameOf(translate(anApiError(name, status)))).toBe('PermissionDeniedError')
  })

  it.each([
    ['InternalError', 500],
    ['a name that nobody knows', 502],
    ['TimeoutError', 0],
    ['ResourceContentionFault', 400],
  ])('takes %s (%i) for something that may pass', (name, status) => {
    expect(nameOf(translate(anApiError(name, status)))).toBe('TransientError')
  })

  it('takes a lost connection for something that may pass', () => {
    expect(nameOf(translate(Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' })))).toBe('TransientError')
  })

  it('leaves every other error as it is', () => {
    const error = anApiError('InvalidInstanceId')
    expect(translate(error)).toBe(error)
    expect(translate('no error at all')).toBe('no error at all')
  })

  it('leaves a signature that is wrong as it is, though its status is that of a denial', () => {
    const error = anApiError('SignatureDoesNotMatch', 403)
    expect(translate(error)).toBe(error)
  })

  it('keeps the words of AWS and the error itself', async () => {
    const error = anApiError('AccessDenied', 403, 'not authorized to perform: ssm:SendCommand')
    await expect(guarded(() => Promise.reject(error))).rejects.toMatchObject({
      message: 'AccessDenied: not authorized to perform: ssm:SendCommand',
      cause: error,
    })
  })
})
