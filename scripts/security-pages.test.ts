import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '..')
const pages = [...globSync('docs/security/*.md', { cwd: root }), 'SECURITY.md']

describe.each(pages)('%s', (page) => {
  const text = readFileSync(join(root, page), 'utf8')

  it('names only files that exist', () => {
    const named = [...text.matchAll(/`((?:packages|scripts|benchmarks)\/[\w./-]+\.ts)`/g)].map(
      ([, path]) => path,
    )
    expect(named.filter((path) => !existsSync(join(root, path ?? '')))).toEqual([])
  })

  it('links only to pages that exist', () => {
    const linked = [...text.matchAll(/\]\(([^)#:]+)(?:#[\w-]+)?\)/g)].map(([, path]) => path ?? '')
    const missing = linked.filter((path) => !existsSync(join(root, dirname(page), path)))
    expect(missing).toEqual([])
  })
})

it('every threat has something against it and a test', () => {
  const model = readFileSync(join(root, 'docs/security/threat-model.md'), 'utf8')
  const rows = model.split('\n').filter((line) => /^\| [stride]\d/.test(line))
  expect(rows.length).toBeGreaterThan(25)
  const letters = new Set(rows.map((row) => row.charAt(2)))
  expect([...letters].toSorted().join('')).toBe('deirst')
  for (const row of rows) {
    const [, threat = '', against = '', tests = ''] = row.split(' | ').map((cell) => cell.trim())
    expect(
      [threat, against].every((cell) => cell.length > 8),
      row,
    ).toBe(true)
    expect(tests, row).toMatch(/`(packages|scripts|benchmarks)\/.+\.ts`/)
  }
})
