import { temporaryDirectory } from '@freehold/test-support'
import { describe, expect, it } from 'vitest'
import type { RecordedRun } from './benchmark.ts'
import { newestRuns, recordRun } from './recorded-runs.ts'
import { markdownTable, textTable } from './result-table.ts'
import { resultsPage } from './results-page.ts'

const run: RecordedRun = {
  name: 'any',
  title: 'Any free address',
  date: '2026-01-02T03:04:05.000Z',
  commit: '0123456789',
  machine: { cpu: 'Some CPU', cores: 2, memoryGiB: 24, system: 'Linux 6.1' },
  versions: { node: '24.0.0', postgres: '18.4' },
  rows: [{ held: 100, latency: 1.23456 }],
  notes: ['one caller'],
}

describe('tables', () => {
  const rows = [
    { store: 'sqlite', 'allocations/s': 12345.6, ratio: 1.23456 },
    { store: 'a|b', 'allocations/s': 7, ratio: 1, remark: 'none' },
  ]

  it('align numbers to the right and text to the left, with a gap where a value is missing', () => {
    expect(textTable(rows)).toEqual([
      'store   allocations/s  ratio  remark',
      '------  -------------  -----  ------',
      'sqlite         12,346  1.235',
      'a|b                 7      1  none',
    ])
  })

  it('are the same in Markdown, with bars escaped', () => {
    expect(markdownTable(rows)).toEqual([
      '| store | allocations/s | ratio | remark |',
      '| --- | ---: | ---: | --- |',
      '| sqlite | 12,346 | 1.235 |  |',
      '| a\\|b | 7 | 1 | none |',
    ])
  })
})

describe('recorded runs', () => {
  it('are kept, and the newest of each benchmark is read back', () => {
    using directory = temporaryDirectory()
    recordRun(directory.path, run)
    recordRun(directory.path, { ...run, commit: 'fedcba9876' })
    recordRun(directory.path, { ...run, name: 'next' })
    expect(newestRuns(directory.path).map(({ name, commit }) => [name, commit])).toEqual([
      ['any', 'fedcba9876'],
      ['next', '0123456789'],
    ])
  })

  it('are none where nothing was measured', () => {
    using directory = temporaryDirectory()
    expect(newestRuns(`${directory.path}/missing`)).toEqual([])
  })

  it('are shown with their notes and with where they come from', () => {
    expect(resultsPage([run])).toContain(
      [
        '## any: Any free address',
        '',
        '| held | latency |',
        '| ---: | ---: |',
        '| 100 | 1.235 |',
        '',
        '- one caller',
        '- 2026-01-02, commit 0123456789; 2 cores of Some CPU, 24 GiB, Linux 6.1; node 24.0.0, postgres 18.4',
      ].join('\n'),
    )
  })
})
