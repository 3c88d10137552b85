/** An error as a service's API gives it: the SDK classifies it by name and status, as it would in life. */
export const serviceError = (name: string, message: string, httpStatusCode = 400): Error =>
  Object.assign(new Error(message), {
    name,
    $fault: httpStatusCode >= 500 ? 'server' : 'client',
    $metadata: { httpStatusCode, requestId: 'simulated', attempts: 1, totalRetryDelay: 0 },
  })

/** How each service words throttling and denial. */
const dialects: Record<string, { throttle: string; throttleStatus: number; deny: string }> = {
  ec2: { throttle: 'RequestLimitExceeded', throttleStatus: 503, deny: 'UnauthorizedOperation' },
  'auto-scaling': { throttle: 'Throttling', throttleStatus: 400, deny: 'AccessDenied' },
  ecs: { throttle: 'ThrottlingException', throttleStatus: 400, deny: 'AccessDeniedException' },
  ssm: { throttle: 'ThrottlingException', throttleStatus: 400, deny: 'AccessDeniedException' },
  cloudwatch: { throttle: 'Throttling', throttleStatus: 400, deny: 'AccessDenied' },
  logs: { throttle: 'ThrottlingException', throttleStatus: 400, deny: 'AccessDeniedException' },
  sfn: { throttle: 'ThrottlingException', throttleStatus: 400, deny: 'AccessDeniedException' },
  dynamodb: { throttle: 'ProvisionedThroughputExceededException', throttleStatus: 400, deny: 'AccessDeniedException' },
  s3: { throttle: 'SlowDown', throttleStatus: 503, deny: 'AccessDenied' },
  sns: { throttle: 'Throttled', throttleStatus: 429, deny: 'AuthorizationError' },
  sqs: { throttle: 'RequestThrottled', throttleStatus: 403, deny: 'AccessDenied' },
}

export const throttled = (service: string): Error => {
  const { throttle = 'ThrottlingException', throttleStatus = 400 } = dialects[service] ?? {}
  return serviceError(throttle, 'Rate exceeded', throttleStatus)
}

export const denied = (service: string, operation: string): Error =>
  refused(service, 'agent-medic', `${service}:${operation}`)

/** As IAM words a refusal for want of an allowing statement. */
export const refused = (service: string, role: string, action: string, resource = ''): Error =>
  serviceError(
    dialects[service]?.deny ?? 'AccessDenied',
    `User: arn:aws:sts::111122223333:assumed-role/${role}/simulated is not authorized to perform: ${action}${resource ? ` on resource: ${resource} because no identity-based policy allows the ${action} action` : ''}`,
    403,
  )

/** The SDK's own error when a service does not answer in time. */
export const timedOut = (operation: string): Error =>
  Object.assign(new Error(`${operation}: connection timed out`), { name: 'TimeoutError' })

/** A call that the account does not model is the replay's shortcoming and never an empty success. */
export const notModelled = (service: string, what: string): Error =>
  Object.assign(new Error(`the simulated account does not model ${service} ${what}`), { name: 'NotModelledError' })
