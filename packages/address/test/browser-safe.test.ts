// The package runs in browsers and has no dependencies: its sources may name nothing but the
// language itself and one another.

import { readdirSync, readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { createContext, runInContext } from 'node:vm'
import { describe, expect, test } from 'vitest'

const source = new URL('../src/', import.meta.url)
const files = readdirSync(source)
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
  .toSorted()

function textOf(name: string): string {
  return readFileSync(new URL(name, source), 'utf8')
}

/** The places that a file imports or re-exports from. */
function importsOf(text: string): string[] {
  const found = text.matchAll(/^(?:import|export)\b(?:[^'"();=]*?\bfrom)?\s*['"]([^'"]+)['"]/gm)
  return Array.from(found, (match) => match[1]!)
}

/** The source without comments and without the contents of plain strings. */
function codeOf(text: string): string {
  return text
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/^\s*\/\/.*$/gm, '')
    .replace(/'[^'\n]*'/g, "''")
}

test('the package lists no dependencies of any kind', () => {
  const manifest: unknown = JSON.parse(
    readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
  )
  for (const field of [
    'dependencies',
    'peerDependencies',
    'optionalDependencies',
    'bundledDependencies',
  ]) {
    expect(manifest, field).not.toHaveProperty(field)
  }
})

describe.each(files)('%s', (name) => {
  test('imports only files of the package', () => {
    const own = files.map((file) => `./${file}`)
    expect(importsOf(textOf(name)).filter((target) => !own.includes(target))).toEqual([])
  })

  test('names no global of Node or of a browser', () => {
    const forbidden =
      /\b(?:process|Buffer|global|globalThis|window|document|require|__dirname|__filename|setTimeout|setImmediate|queueMicrotask|fetch|console|performance|crypto|TextEncoder|TextDecoder|URL)\b|import\.meta|\bimport\s*\(/
    expect(forbidden.exec(codeOf(textOf(name)))?.[0]).toBeUndefined()
  })

  test('reads no number by a built-in that accepts more than plain digits', () => {
    // BigInt('') is 0, Number('1e3') is 1000, parseInt('12abc') is 12: each takes what must not be.
    const reading = name.endsWith('-text.ts')
      ? /\b(?:parseInt|parseFloat|Number|BigInt)\b/
      : /\bparse(?:Int|Float)\b/
    expect(reading.exec(codeOf(textOf(name)))?.[0]).toBeUndefined()
  })
})

test('text is read in files of that name only', () => {
  const readers = files.filter((name) => codeOf(textOf(name)).includes('charCodeAt'))
  expect(readers).toEqual([
    'address-error.ts',
    'ipv4-text.ts',
    'ipv6-text.ts',
    'mac-text.ts',
    'prefix-text.ts',
  ])
})

test('the whole package works where only the language exists', () => {
  // Each file becomes one function that returns its exports; nothing else is in reach.
  const context = createContext(Object.create(null) as object)
  const loaded = new Map<string, unknown>()
  const load = (name: string): unknown => {
    if (loaded.has(name)) return loaded.get(name)
    const exported: string[] = []
    const body = stripTypeScriptTypes(textOf(name))
      .replace(/^import \{([^}]*)\} from '\.\/([^']+)';?$/gm, (_, names: string, from: string) =>
        names.trim() === '' ? '' : `const {${names}} = load('${from}')`,
      )
      .replace(/^export \{([^}]*)\} from '\.\/([^']+)';?$/gm, (_, names: string, from: string) => {
        const listed = names.split(',').map((one) => one.trim())
        exported.push(...listed.filter((one) => one !== ''))
        return `const {${names}} = load('${from}')`
      })
      .replace(/^export (class|function|const) (\w+)/gm, (_, kind: string, id: string) => {
        exported.push(id)
        return `${kind} ${id}`
      })
    const make = runInContext(
      `(load) => {'use strict';${body}\nreturn {${exported.join(',')}}}`,
      context,
    ) as (load: (name: string) => unknown) => unknown
    const module = make(load)
    loaded.set(name, module)
    return module
  }
  const api = load('index.ts') as typeof import('../src/index.ts')
  expect(api.IpAddress.parse('2001:DB8::1').toString()).toBe('2001:db8::1')
  expect(api.AddressRange.parse('10.0.0.1', '10.0.0.2').toPrefixes().map(String)).toEqual([
    '10.0.0.1/32',
    '10.0.0.2/32',
  ])
  const prefix = api.Prefix.parse('2001:db8::/64')
  expect(String(api.eui64Address(prefix, api.MacAddress.parse('001122334455')))).toBe(
    '2001:db8::211:22ff:fe33:4455',
  )
  expect(api.RangeSet.of(6, [prefix.toRange()]).size).toBe(2n ** 64n)
  expect(() => api.IpAddress.parse('010.0.0.1')).toThrow(api.AddressError)
})
