import { expect, test } from 'vitest'
import { CommandError } from './command-error.ts'
import { failureReport } from './error-output.ts'
import { exitCodeOf, exitCodes } from './exit-codes.ts'

test('each kind of error has its own exit code, and an unknown one counts as internal', () => {
  expect(exitCodes).toEqual({
    internal: 1,
    invalid: 2,
    'not-found': 3,
    conflict: 4,
    exhausted: 5,
    'over-quota': 6,
    unavailable: 7,
  })
  expect([exitCodeOf('conflict'), exitCodeOf('new-kind'), exitCodeOf('toString')]).toEqual([
    4, 1, 1,
  ])
})

test('a failure is told in lines of what, how to mend it, and code, without control characters', () => {
  const error = new CommandError('conflict', 'ADDRESS_IN_USE', 'It is\u001b[2J held.', {
    fix: 'Take\nanother.',
  })
  expect(failureReport(error, 'text', {})).toEqual({
    text: 'freehold: It is\\x1b[2J held.\n  fix:  Take\\x0aanother.\n  code: ADDRESS_IN_USE\n',
    exitCode: 4,
  })
})

test('as JSON it carries all that the API said', () => {
  const error = new CommandError('invalid', 'INVALID_FIELD', 'No.', { pointer: '/name' })
  const { text } = failureReport(error, 'json', {})
  expect(JSON.parse(text)).toEqual({
    kind: 'invalid',
    code: 'INVALID_FIELD',
    detail: 'No.',
    pointer: '/name',
    exitCode: 2,
  })
})

test('a file that cannot be used is named, with the reason and what to do', () => {
  const error = Object.assign(new Error('ENOENT: no such file or directory, open'), {
    code: 'ENOENT',
    path: 'plan.json',
  })
  expect(failureReport(error, 'text', {})).toEqual({
    text: 'freehold: The file plan.json is not there, or its folder is not.\n  fix:  Check its name and its folder.\n  code: ENOENT\n',
    exitCode: 2,
  })
})

test('a bug is internal, and shows its stack only where that is asked for', () => {
  const bug = new RangeError('broken')
  expect(failureReport(bug, 'text', {}).text).not.toContain('at ')
  expect(failureReport(bug, 'text', { FREEHOLD_DEBUG: '1' }).text).toContain('    at ')
  expect(failureReport(bug, 'text', {}).exitCode).toBe(1)
})
