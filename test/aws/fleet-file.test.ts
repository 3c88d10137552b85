import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readFleetFile } from '../../functions/aws/fleet-file.ts'

const aFile = (text: string): string => {
  const path = join(mkdtempSync(join(tmpdir(), 'fleet-')), 'fleet.json')
  writeFileSync(path, text)
  return path
}

describe('the fleet file', () => {
  it('is read and checked', () => {
    expect(readFleetFile('fleet.json').pools.map(({ name }) => name)).toContain('linux-builders')
  })

  it.each([
    ['is not there', '/nowhere/fleet.json', /can't be read as JSON/],
    ['is no JSON', aFile('{'), /can't be read as JSON/],
    ['is no fleet', aFile('{"version":1,"pools":[]}'), /pools/],
  ])('that %s is a FleetConfigurationError', (_what, path, problem) => {
    expect(() => readFleetFile(path)).toThrow(expect.objectContaining({ name: 'FleetConfigurationError' }))
    expect(() => readFleetFile(path)).toThrow(problem)
  })
})
