import { describe, expect, it } from 'vitest'
import type { Instances } from '../../functions/aws/instances.ts'
import type { Subject } from '../../functions/domain/agent.ts'
import { PermissionDeniedError, TransientError } from '../../functions/domain/errors.ts'
import { collectConsole } from '../../functions/evidence/console.ts'
import { aboutAgent, aboutPool, aClock, aNode } from '../aws/a-platform.ts'

const collect = (consoleOutput: Instances['consoleOutput'], subject: Subject = aboutAgent()) =>
  collectConsole(subject, { consoleOutput } as Instances, aClock())

describe('the console', () => {
  it('is told by its last forty lines, each cut and without secrets', async () => {
    const lines = ['password=hunter2', 'x'.repeat(1000), ...Array.from({ length: 38 }, (_, index) => `line ${index}`)]
    const part = await collect(async () => ({ lines: ['the oldest', ...lines], capturedAt: null }))
    if (part.status === 'unavailable') throw new Error(part.reason)
    expect(part.value.lines).toHaveLength(40)
    expect(part.value.lines[0]).toBe('password=[masked]')
    expect(part.value.lines[1]).toHaveLength(300)
    expect(part.value.lines.at(-1)).toBe('line 37')
  })

  it.each([aboutPool(), aboutAgent(aNode())])('is unavailable where there is none', async (subject) => {
    expect(await collect(() => Promise.reject(new Error('not asked')), subject)).toMatchObject({
      status: 'unavailable',
      reason: 'only EC2 instances have a console',
    })
  })

  it('is unavailable when denied, and tried again when that may pass', async () => {
    expect(await collect(() => Promise.reject(new PermissionDeniedError('no')))).toMatchObject({
      status: 'unavailable',
    })
    await expect(collect(() => Promise.reject(new TransientError('later')))).rejects.toThrow('later')
  })
})
