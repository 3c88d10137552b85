import { describe, expect, it } from 'vitest'
import type { ControlStore, ModeSetting } from '../../../functions/aws/control-store.ts'
import { readModeArguments, runMode } from '../../../local/cli/mode-command.ts'

const clock = { now: () => new Date('2026-01-15T02:00:00.000Z') }
const aSwitch = () => {
  let setting: ModeSetting = { mode: 'act', reason: null, by: null, setAt: null, expiresAt: null }
  const controls: ControlStore = {
    mode: async () => setting,
    setMode: async (next) => {
      setting = next
    },
  }
  const said: string[] = []
  return {
    said,
    set: (argv: string[]) =>
      runMode(
        readModeArguments(argv),
        controls,
        async () => 'arn:aws:iam::111122223333:user/on-call',
        clock,
        (text) => said.push(text),
      ),
    now: () => setting,
  }
}

describe('npm run mode', () => {
  it('sets the mode in the name of the caller, with reason and end', async () => {
    const { set, now, said } = aSwitch()
    await set(['off', '--reason', 'network change', '--for', '2h'])
    expect(now()).toEqual({
      mode: 'off',
      reason: 'network change',
      by: 'arn:aws:iam::111122223333:user/on-call',
      setAt: '2026-01-15T02:00:00.000Z',
      expiresAt: '2026-01-15T04:00:00.000Z',
    })
    expect(said[0]).toContain('until 2026-01-15T04:00:00.000Z')
  })

  it('shows the mode and changes nothing without one', async () => {
    const { set, now, said } = aSwitch()
    await set([])
    expect(now().by).toBeNull()
    expect(said).toEqual(['mode act'])
  })

  it.each([
    [['stop'], /npm run mode -- act\|observe\|off/],
    [['off'], /give a --reason/],
    [['off', '--reason', 'x', '--for', 'soon'], /is no length of time/],
    [['act', '--reason', 'x', '--for', '1h'], /acting needs no end/],
    [['off', '--who', 'me'], /Unknown option/],
  ])('says what is wrong with %j', (argv, words) => {
    expect(() => readModeArguments(argv)).toThrow(words)
  })
})
