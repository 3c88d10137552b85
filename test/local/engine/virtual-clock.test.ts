import { createServer } from 'node:http'
import { describe, expect, it } from 'vitest'
import { createVirtualClock } from '../../../local/engine/virtual-clock.ts'
import { start } from './an-engine.ts'

const aClock = () => createVirtualClock({ start })
const startPlus = (seconds: number) => new Date(start.getTime() + seconds * 1000)

/** A real server on the loopback that answers once `release` was called. */
const aServer = async () => {
  const gate = Promise.withResolvers<void>()
  const server = createServer((_request, response) => void gate.promise.then(() => response.end('answer')))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (!address || typeof address === 'string') throw new Error('the server has no port')
  return { url: `http://127.0.0.1:${address.port}`, release: gate.resolve, close: () => server.close() }
}

describe('virtual clock', () => {
  it('comes to the exact instant of each sleep', async () => {
    const clock = aClock()
    await clock.sleep(1_000_000)
    expect(clock.now()).toEqual(startPlus(1000))
  })

  it('sleeps longer than a timer of the machine could', async () => {
    const clock = aClock()
    await clock.sleep(90 * 86_400_000)
    expect(clock.now()).toEqual(startPlus(90 * 86_400))
  })

  it('wakes by due instant, and those of one instant in the order in which they went to sleep', async () => {
    const clock = aClock()
    const woken: string[] = []
    const sleeper = (name: string, ms: number) => clock.sleep(ms).then(() => woken.push(name))
    await Promise.all([sleeper('late', 30), sleeper('first', 10), sleeper('second', 10), sleeper('third', 10)])
    expect(woken).toEqual(['first', 'second', 'third', 'late'])
  })

  it('lets all that follows one awakening finish before the next of the same instant', async () => {
    const clock = aClock()
    const told: string[] = []
    const sleeper = async (name: string) => {
      await clock.sleep(10)
      for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve))
      told.push(name)
      await clock.sleep(0)
      told.push(`${name} again`)
    }
    await Promise.all([sleeper('a'), sleeper('b')])
    expect(told).toEqual(['a', 'b', 'a again', 'b again'])
  })

  it('stands while a real socket is waited for', async () => {
    const clock = aClock()
    const server = await aServer()
    let due = false
    void clock.sleep(1000).then(() => {
      due = true
    })
    const text = clock.hold(async () => {
      const response = await fetch(server.url)
      return response.text()
    })
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect([due, clock.now()]).toEqual([false, start])
    server.release()
    expect(await text).toBe('answer')
    await clock.whenIdle()
    expect([due, clock.now()]).toEqual([true, startPlus(1)])
    server.close()
  })

  it('goes on after a hold whose work failed', async () => {
    const clock = aClock()
    const slept = clock.sleep(1000)
    await expect(clock.hold(() => Promise.reject(new Error('refused')))).rejects.toThrow('refused')
    await slept
    expect(clock.now()).toEqual(startPlus(1))
  })

  it('ends a sleep early when its signal aborts, without moving', async () => {
    const clock = aClock()
    const over = new AbortController()
    const slept = clock.sleep(1000, over.signal)
    over.abort()
    await slept
    await clock.sleep(1000, over.signal)
    await clock.whenIdle()
    expect(clock.now()).toEqual(start)
  })

  it('runs scheduled events at their instants', async () => {
    const clock = aClock()
    const told: Date[] = []
    clock.schedule(startPlus(20), () => void told.push(clock.now()))
    clock.schedule(startPlus(10).getTime(), () => void told.push(clock.now()))
    await clock.whenIdle()
    expect(told).toEqual([startPlus(10), startPlus(20)])
  })

  it('stands while it is paused', async () => {
    const clock = aClock()
    clock.pause()
    let due = false
    const slept = clock.sleep(1000).then(() => {
      due = true
    })
    await new Promise((resolve) => setTimeout(resolve, 10))
    expect(due).toBe(false)
    clock.resume()
    await slept
    expect(clock.now()).toEqual(startPlus(1))
  })

  it('says that work waits for ever instead of hanging', async () => {
    const clock = aClock()
    const never = new Promise(() => {})
    void clock.sleep(5000)
    await expect(clock.until(never)).rejects.toMatchObject({
      name: 'ClockIdle',
      message: expect.stringContaining('2026-03-01T02:00:05.000Z'),
    })
  })

  it('gives the result of work that sleeps', async () => {
    const clock = aClock()
    expect(await clock.until(clock.sleep(5000).then(() => 'done'))).toBe('done')
  })

  it('forgets its sleepers when it is stopped', async () => {
    const clock = aClock()
    let due = false
    void clock.sleep(1000).then(() => {
      due = true
    })
    clock.stop()
    await clock.whenIdle()
    expect([due, clock.now()]).toEqual([false, start])
  })
})

describe('virtual clock in real time', () => {
  it('begins at the start, takes the time it says and tells when it is idle', async () => {
    const clock = createVirtualClock({ start, realTime: true })
    await clock.sleep(15)
    expect(clock.now().getTime()).toBeGreaterThanOrEqual(start.getTime() + 15)
    const told: string[] = []
    clock.schedule(new Date(clock.now().getTime() + 5), () => void told.push('event'))
    await clock.whenIdle()
    expect(told).toEqual(['event'])
    await expect(clock.until(new Promise(() => {}))).rejects.toMatchObject({ name: 'ClockIdle' })
  })

  it('ends a sleep early when its signal aborts', async () => {
    const clock = createVirtualClock({ start, realTime: true })
    const over = new AbortController()
    const slept = clock.sleep(2 ** 33, over.signal)
    over.abort()
    await slept
    await clock.whenIdle()
    expect(clock.now().getTime()).toBeLessThan(start.getTime() + 2 ** 33)
  })
})
