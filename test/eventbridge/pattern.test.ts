import { describe, expect, it } from 'vitest'
import { matchesPattern, type Pattern } from './pattern.ts'

const event = {
  source: 'aws.ec2',
  detail: {
    state: 'stopped',
    reason: 'Server.SpotInstanceTermination',
    count: 3,
    limit: null,
    flag: true,
    empty: '',
    address: '10.0.3.7',
    six: '2001:db8::7',
    tags: ['blue', 'green'],
    containers: [
      { name: 'agent', exit: 137 },
      { name: 'proxy', exit: 0 },
    ],
    path: 'a*b\\c',
  },
}
const matches = (detail: Pattern): boolean => matchesPattern(event, { detail })

describe('a pattern of EventBridge', () => {
  it.each<[string, Pattern, boolean]>([
    ['a value in the list', { state: ['running', 'stopped'] }, true],
    ['no value in the list', { state: ['running'] }, false],
    ['every field together', { state: ['stopped'], count: [4] }, false],
    ['null', { limit: [null] }, true],
    ['a boolean', { flag: [true] }, true],
    ['empty text', { empty: [''] }, true],
    ['a number as a number', { count: [3.0] }, true],
    ['text that looks like the number', { count: ['3'] }, false],
    ['an element of a list', { tags: ['green'] }, true],
    ['prefix', { reason: [{ prefix: 'Server.' }] }, true],
    ['prefix in another case', { reason: [{ prefix: 'server.' }] }, false],
    ['prefix whose case does not count', { reason: [{ prefix: { 'equals-ignore-case': 'SERVER.' } }] }, true],
    ['suffix', { reason: [{ suffix: 'Termination' }] }, true],
    ['suffix whose case does not count', { reason: [{ suffix: { 'equals-ignore-case': 'TERMINATION' } }] }, true],
    ['equals-ignore-case', { state: [{ 'equals-ignore-case': 'STOPPED' }] }, true],
    ['anything-but one', { state: [{ 'anything-but': 'stopped' }] }, false],
    ['anything-but a list', { state: [{ 'anything-but': ['running', 'pending'] }] }, true],
    ['anything-but a number', { count: [{ 'anything-but': [4, 5] }] }, true],
    ['anything-but a prefix', { reason: [{ 'anything-but': { prefix: 'Client.' } }] }, true],
    ['anything-but a list of suffixes', { reason: [{ 'anything-but': { suffix: ['x', 'Termination'] } }] }, false],
    ['anything-but a wildcard', { reason: [{ 'anything-but': { wildcard: '*Spot*' } }] }, false],
    ['anything-but in any case', { state: [{ 'anything-but': { 'equals-ignore-case': ['STOPPED'] } }] }, false],
    ['anything-but of what is not there', { nothing: [{ 'anything-but': 'x' }] }, false],
    ['numeric', { count: [{ numeric: ['>', 0, '<=', 3] }] }, true],
    ['numeric out of range', { count: [{ numeric: ['>', 3] }] }, false],
    ['numeric of text', { state: [{ numeric: ['=', 3] }] }, false],
    ['exists', { limit: [{ exists: true }] }, true],
    ['exists of what is not there', { nothing: [{ exists: true }] }, false],
    ['not exists', { nothing: [{ exists: false }] }, true],
    ['not exists of what is there', { state: [{ exists: false }] }, false],
    ['not exists below what is not there', { nothing: { below: [{ exists: false }] } }, true],
    ['exists of what is no leaf', { containers: [{ exists: true }] }, false],
    ['a value, or that there is none', { nothing: ['x', { exists: false }] }, true],
    ['cidr', { address: [{ cidr: '10.0.0.0/16' }] }, true],
    ['cidr of another network', { address: [{ cidr: '10.1.0.0/16' }] }, false],
    ['cidr of the sixth version', { six: [{ cidr: '2001:db8::/32' }] }, true],
    ['wildcard', { reason: [{ wildcard: 'Server.*Termin*' }] }, true],
    ['wildcard that is anchored', { reason: [{ wildcard: 'Spot*' }] }, false],
    ['wildcard with what is escaped', { path: [{ wildcard: 'a\\*b\\\\c' }] }, true],
    ['$or of the first', { $or: [{ state: ['stopped'] }, { count: [9] }] }, true],
    ['$or of none', { $or: [{ state: ['running'] }, { count: [9] }] }, false],
    ['$or beside another field', { flag: [false], $or: [{ state: ['stopped'] }] }, false],
    ['one element for all conditions', { containers: { name: ['agent'], exit: [137] } }, true],
    ['conditions from different elements', { containers: { name: ['proxy'], exit: [137] } }, false],
    ['fields below text', { state: { code: ['x'] } }, false],
  ])('%s', (_what, pattern, expected) => {
    expect(matches(pattern)).toBe(expected)
  })

  it.each<[string, Pattern]>([
    ['an operator that there is not', { state: [{ regex: '.*' }] }],
    ['an empty list', { state: [] }],
    ['a bare value', { state: 'stopped' }],
    ['two operators in one condition', { state: [{ prefix: 's', suffix: 'd' }] }],
    ['a comparison without its number', { count: [{ numeric: ['>'] }] }],
    ['two asterisks in a row', { state: [{ wildcard: 's**d' }] }],
  ])('is refused for %s', (_what, pattern) => {
    expect(() => matches(pattern)).toThrow()
  })
})
