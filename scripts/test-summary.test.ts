import { describe, expect, it } from 'vitest'
import {
  addCounts,
  countTests,
  forbidSkips,
  NOTHING,
  skippedTests,
  summaryLine,
  type VitestReport,
} from './test-summary.ts'

function report(files: Record<string, readonly string[]>, brokenFiles = 0): VitestReport {
  const testResults = Object.entries(files).map(([name, statuses]) => ({
    name,
    status: statuses.includes('failed') ? 'failed' : 'passed',
    assertionResults: statuses.map((status, index) => ({ status, fullName: `${name} ${index}` })),
  }))
  const count = (status: string) =>
    Object.values(files)
      .flat()
      .filter((each) => each === status).length
  return {
    numPassedTests: count('passed'),
    numFailedTests: count('failed'),
    numPendingTests: count('skipped'),
    numTodoTests: count('todo'),
    testResults: [
      ...testResults,
      ...Array.from({ length: brokenFiles }, (_, index) => ({
        name: `broken-${index}`,
        status: 'failed',
        assertionResults: [],
      })),
    ],
  }
}

describe('the count of a test run', () => {
  it('takes over what ran', () => {
    expect(countTests(report({ a: ['passed', 'failed'], b: ['passed', 'skipped'] }), 1)).toEqual({
      passed: 2,
      failed: 1,
      skipped: 1,
    })
  })

  it('counts a file that could not be loaded as a failure', () => {
    expect(countTests(report({ a: ['passed'] }, 2), 1)).toEqual({
      passed: 1,
      failed: 2,
      skipped: 0,
    })
  })

  it('counts a failure that no test shows, once', () => {
    expect(countTests(report({ a: ['passed'] }), 1).failed).toBe(1)
    expect(countTests(report({ a: ['failed'] }), 1).failed).toBe(1)
  })

  it('is a failure when there is no report, whatever the exit code', () => {
    expect(countTests(undefined, 0)).toEqual({ passed: 0, failed: 1, skipped: 0 })
  })
})

describe('skipped tests', () => {
  it('are named', () => {
    expect(skippedTests(report({ a: ['passed', 'skipped'], b: ['todo'] }))).toEqual(['a 1', 'b 0'])
  })

  it('are failures where everything has to run', () => {
    expect(forbidSkips({ passed: 4, failed: 1, skipped: 2 })).toEqual({
      passed: 4,
      failed: 3,
      skipped: 0,
    })
  })
})

describe('the last line', () => {
  it('names skipped tests only when there are some', () => {
    expect(summaryLine(NOTHING)).toBe('0 passed, 0 failed')
    expect(summaryLine(addCounts({ passed: 3, failed: 1, skipped: 2 }, NOTHING))).toBe(
      '3 passed, 1 failed, 2 skipped',
    )
  })
})
