import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type ErrorKind, errorCatalogue } from '@freehold/engine'
import { describe, expect, it } from 'vitest'
import { exitCodes } from '../../cli/src/exit-codes.ts'
import { apiErrorCatalogue } from '../../server/src/api-error.ts'
import { statusOfCode, statusOfKind } from '../../server/src/error-responses.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const catalogues = /\/(errors|api-error)\.ts$/
const engineCodes = Object.entries(errorCatalogue)
const apiCodes = Object.entries(apiErrorCatalogue)

/** The repository's files that match, by path. */
function read(patterns: string[], exclude: RegExp): Map<string, string> {
  const paths = globSync(patterns, { cwd: root }).filter((path) => !exclude.test(`/${path}`))
  return new Map(paths.map((path) => [path, readFileSync(join(root, path), 'utf8')]))
}

const sources = read(['packages/*/src/**/*.ts'], /\.test\.ts$|\/generated\//)
const tests = read(
  ['packages/*/{src,test}/**/*.ts', 'packages/*/src/**/*.test.ts'],
  /\/error-catalogue\.test\.ts$/,
)
for (const path of tests.keys()) if (!/\.test\.ts$|\/test\//.test(path)) tests.delete(path)

const mentions = (files: Map<string, string>, code: string) =>
  [...files].some(([path, text]) => !catalogues.test(`/${path}`) && text.includes(`'${code}'`))

describe('every error code', () => {
  it.each([...engineCodes, ...apiCodes].map(([code]) => code))('%s is thrown', (code) => {
    expect(mentions(sources, code)).toBe(true)
  })

  it.each(engineCodes.map(([code]) => code))('%s is named in a test', (code) => {
    expect(mentions(tests, code)).toBe(true)
  })
})

describe('the page about errors', () => {
  const sections = tablesOf(readFileSync(join(root, 'docs/reference/errors.md'), 'utf8'))
  const kinds = Object.keys(exitCodes) as ErrorKind[]
  /** The first cells of a section's rows, one line each. */
  const rowsOf = (heading: string, width: number) =>
    (sections.get(heading) ?? []).map((cells) => cells.slice(0, width).join(' ')).sort()

  it('says of every kind which status and exit code it has', () => {
    expect(rowsOf('Errors', 3)).toEqual(
      kinds.map((kind) => `\`${kind}\` ${statusOfKind[kind]} ${exitCodes[kind]}`).sort(),
    )
  })

  it.each(kinds)('lists every code of the engine of kind %s, and no other', (kind) => {
    const exact: Readonly<Record<string, number>> = statusOfCode
    expect(rowsOf(kind, 3)).toEqual(
      engineCodes
        .filter(([, entry]) => entry.kind === kind)
        .map(([code]) => `${code} ${exact[code] ?? statusOfKind[kind]} ${exitCodes[kind]}`)
        .sort(),
    )
  })

  it('lists every code of the HTTP layer, and no other', () => {
    expect(rowsOf('Refusals of the HTTP layer', 3)).toEqual(
      apiCodes.map(([code, { status, kind }]) => `${code} ${status} ${kind}`).sort(),
    )
  })

  it('lists every code of the command line, and no other', () => {
    const known = new Set([...engineCodes, ...apiCodes].map(([code]) => code))
    expect(rowsOf('Refusals of the command line', 2)).toEqual(
      [...commandCodes()]
        .filter(([code]) => !known.has(code))
        .map(([code, kind]) => `${code} ${exitCodes[kind as ErrorKind]}`)
        .sort(),
    )
  })

  it('says of every code what it means', () => {
    for (const [heading, rows] of sections)
      for (const cells of rows) {
        const meaning = cells[heading.startsWith('Refusals of the command') ? 2 : 3]
        expect(meaning, cells[0]).toMatch(/\w+ \w+/)
      }
  })
})

/** Codes that the command line and its client make up themselves, with their kind. */
function commandCodes(): Map<string, string> {
  const codes = new Map<string, string>()
  for (const [path, text] of sources) {
    if (!/^packages\/(cli|client)\//.test(path)) continue
    for (const [, kind, code] of text.matchAll(
      /new CommandError\(\s*'([a-z-]+)',\s*'([A-Z\d_]+)'/g,
    ))
      if (code !== undefined && kind !== undefined) codes.set(code, kind)
    for (const [, code, kind] of text.matchAll(/localProblem\(\w+, '([A-Z\d_]+)', '([a-z-]+)'/g))
      if (code !== undefined && kind !== undefined) codes.set(code, kind)
  }
  return codes
}

/** The rows of each heading's table, as cells, without head and rule. */
function tablesOf(page: string): Map<string, string[][]> {
  const tables = new Map<string, string[][]>()
  for (const section of page.split(/^#+ /m).slice(1)) {
    const [heading = '', ...lines] = section.split('\n')
    const rows = lines.filter((line) => line.startsWith('| ')).map(cellsOf)
    tables.set(heading.trim(), rows.slice(2))
  }
  return tables
}

function cellsOf(line: string): string[] {
  return line
    .replace(/^\| | ?\|$/g, '')
    .split(/ ?\| /)
    .map((cell) => cell.trim())
}
