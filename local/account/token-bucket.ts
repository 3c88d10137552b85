import type { Clock } from '../../functions/domain/time.ts'

/** Burst and refill a second, by service and operation (aws-facts: limits that bind in a storm). */
const limits: Record<string, { burst: number; perSecond: number }> = {
  'ec2 StartInstances': { burst: 5, perSecond: 2 },
  'ec2 RebootInstances': { burst: 50, perSecond: 5 },
  'ec2 StopInstances': { burst: 100, perSecond: 5 },
  'ecs RunTask': { burst: 100, perSecond: 40 },
  'ecs StopTask': { burst: 100, perSecond: 40 },
  'ecs DescribeTasks': { burst: 100, perSecond: 20 },
  'sfn SendTaskSuccess': { burst: 3000, perSecond: 500 },
}

/** Takes a token, or answers that there is none: the account then throttles. What has no published limit is not metered. */
export const createBuckets = (clock: Clock) => {
  const levels = new Map<string, { tokens: number; at: number }>()
  return (service: string, operation: string): boolean => {
    const name = `${service} ${operation}`
    const limit = limits[name]
    if (!limit) return true
    const now = clock.now().getTime()
    const known = levels.get(name) ?? { tokens: limit.burst, at: now }
    const tokens = Math.min(limit.burst, known.tokens + ((now - known.at) / 1000) * limit.perSecond)
    levels.set(name, { tokens: tokens >= 1 ? tokens - 1 : tokens, at: now })
    return tokens >= 1
  }
}
