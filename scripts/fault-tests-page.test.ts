import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '..')
const page = readFileSync(join(root, 'docs/development/fault-tests.md'), 'utf8')

const rows = page.split('\n').filter((line) => /^\| .*`[\w./-]+\.ts`/.test(line))

const faults = 'X1 X2 X3 X4 X5 X6 X7 X10 X13 X16'.split(' ')
const races = 'A1 A2 A3 A4 A5 A6 A9 A10 A11 A12 A13 A14 A15 A18 A24 A25 E1 E2 E3 E4'.split(' ')

describe('the page of the fault tests', () => {
  it.each(rows)('names a test that exists: %s', (row) => {
    const [, path = '', name] =
      /`((?:packages|scripts)\/[\w./-]+\.ts)`(?: "(.+?)" \|)?/.exec(row) ?? []
    expect(existsSync(join(root, path)), path).toBe(true)
    if (name !== undefined) expect(titlesIn(path)).toContain(name)
  })

  it.each([...faults, ...races])('has a test for %s', (id) => {
    const own = rows.filter((row) => {
      const [, first = ''] = row.split('|')
      return new RegExp(`\\b${id}\\b`).test(first)
    })
    expect(own.length).toBeGreaterThan(0)
  })

  it('names every file of fault tests', () => {
    const files = globSync('packages/torture/test/faults-*.test.ts', { cwd: root })
    expect(files.length).toBeGreaterThan(0)
    expect(files.filter((file) => !page.includes(file))).toEqual([])
  })
})

/** What stands in quotes at the beginning of a test's definition. */
function titlesIn(path: string): string[] {
  const source = readFileSync(join(root, path), 'utf8')
  return [...source.matchAll(/\(\s*(['`])(.+?)\1,/g)].map(([, , title]) => title ?? '')
}
