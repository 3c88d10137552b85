import { describe, expect, it } from 'vitest'
import { isTimeZone, windowAt } from '../../functions/domain/maintenance.ts'

const window = (of: object = {}) => ({
  name: 'patching',
  days: ['sat' as const],
  from: '22:00',
  to: '04:00',
  timeZone: 'Europe/Berlin',
  ...of,
})
const at = (time: string, ...windows: ReturnType<typeof window>[]) =>
  windowAt(windows.length > 0 ? windows : [window()], new Date(time))

describe('a maintenance window', () => {
  it('is open from its time on, by the clock on the wall there, and past midnight', () => {
    expect(at('2026-01-17T20:59:59Z')).toBeNull()
    expect(at('2026-01-17T21:00:00Z')).toEqual({ name: 'patching', endsAt: '2026-01-18T03:00:00.000Z' })
    expect(at('2026-01-18T02:59:30Z')).toMatchObject({ endsAt: '2026-01-18T03:00:00.000Z' })
    expect(at('2026-01-18T03:00:00Z')).toBeNull()
  })

  it('belongs to the day on which it begins', () => {
    expect(at('2026-01-16T23:00:00Z')).toBeNull()
    expect(at('2026-01-18T21:30:00Z')).toBeNull()
  })

  it('is an hour longer in the night in which the clocks go back, and shorter when they go forward', () => {
    expect(at('2026-10-24T20:00:00Z')?.endsAt).toBe('2026-10-25T03:00:00.000Z')
    expect(at('2026-03-28T21:00:00Z')?.endsAt).toBe('2026-03-29T02:00:00.000Z')
  })

  it('within one day ends on that day', () => {
    const noon = window({ from: '11:00', to: '13:00', days: ['wed'] })
    expect(at('2026-01-14T10:30:00Z', noon)).toMatchObject({ endsAt: '2026-01-14T12:00:00.000Z' })
    expect(at('2026-01-14T12:00:00Z', noon)).toBeNull()
  })

  it('that meets another is waited out together with it', () => {
    const next = window({ name: 'tests', days: ['sun'], from: '04:00', to: '05:00' })
    expect(at('2026-01-17T23:00:00Z', window(), next)).toEqual({ name: 'patching', endsAt: '2026-01-18T04:00:00.000Z' })
  })

  it('knows the time zones of the world and no others', () => {
    expect(isTimeZone('Asia/Kolkata')).toBe(true)
    expect(isTimeZone('Mars/Olympus')).toBe(false)
  })
})
