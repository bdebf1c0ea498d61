import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const text = (pattern: string) =>
  globSync(pattern, { cwd: root })
    .map((path) => readFileSync(join(root, path), 'utf8'))
    .join('\n')

const sources = text('packages/{address,engine}/src/**/*.ts')
const migrations = text('packages/engine/src/store/sqlite/migrations/*.sql')
const routes = text('packages/server/src/routes/*.ts')
const commands = text('packages/cli/src/declarations/*.ts')

const things = rowsOf('Things')
/** The column's words in backticks, without repetition. */
const column = (index: number) => [
  ...new Set(things.flatMap((row) => [...(row[index] ?? '').matchAll(/`([^`]+)`/g)].map(second))),
]

describe('what the glossary names exists:', () => {
  it.each(column(2))('the type %s', (name) => {
    expect(sources).toMatch(new RegExp(`export (interface|class|type) ${name}\\b`))
  })

  it.each(column(3))('the table %s', (name) => {
    expect(migrations).toMatch(new RegExp(`^CREATE TABLE ${name} \\(`, 'm'))
  })

  it.each(column(4))('the route %s', (path) => {
    expect(routes).toContain(`path: '${path}'`)
  })

  it.each(column(5))('the command %s', (name) => {
    expect(commands).toMatch(new RegExp(`\\.command\\('${name}[ ']`))
  })
})

describe('what exists is in the glossary:', () => {
  const tables = [...migrations.matchAll(/^CREATE TABLE (\w+)/gm)].map(second)
  // Bookkeeping without a word of its own.
  const nameless = ['setting', 'event_address', 'event_address_end', 'event_gap']

  it.each(tables.filter((name) => !nameless.includes(name)))('the table %s', (name) => {
    expect(column(3)).toContain(name)
  })

  const kinds = [...sources.matchAll(/^ {2}\| \{ kind: '(\w+)'/gm)].map(second)

  it.each(kinds)('the request kind %s', (kind) => {
    expect(rowsOf('Requests for an address').map((row) => row[0])).toContain(`\`${kind}\``)
  })
})

function rowsOf(heading: string): string[][] {
  const page = readFileSync(join(root, 'GLOSSARY.md'), 'utf8')
  const section = page.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? ''
  const lines = section.split('\n').filter((line) => line.startsWith('| '))
  return lines.slice(2).map((line) => line.slice(2, -2).split(/ ?\| /))
}

function second(match: RegExpMatchArray): string {
  return match[1] ?? ''
}
