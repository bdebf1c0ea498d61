import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import {
  lockedPackage,
  PUBLISHED,
  packageName,
  runTimeDependencies,
} from './run-time-dependencies.ts'

const alphabetically = (a: string, b: string) => (a < b ? -1 : 1)
const root = join(import.meta.dirname, '..')
const needed = runTimeDependencies({ peers: true })
const names = [...new Set(needed.map(packageName))].toSorted(alphabetically)
const page = readFileSync(join(root, 'docs/reference/dependencies.md'), 'utf8')

it('every package that is installed with Freehold is listed with its reason', () => {
  const listed = [...page.matchAll(/^\| `([^`]+)` \| (.*)\|$/gm)]
  expect(names.length).toBeGreaterThan(20)
  expect(listed.map(([, name = '']) => name).toSorted(alphabetically)).toEqual(names)
  expect(listed.filter(([, , reason = '']) => reason.trim() === '')).toEqual([])
})

it('the direct ones say who asks for them', () => {
  const direct = PUBLISHED.flatMap((name) =>
    Object.keys(lockedPackage(`packages/${name}`).dependencies ?? {})
      .filter((dependency) => !dependency.startsWith('@freehold/'))
      .map((dependency) => `${dependency} ${name}`),
  )
  const rows = [...page.matchAll(/^\| `([^`]+)` \| (\w+) \| .{40,} \|$/gm)]
  expect(rows.map(([, name, by]) => `${name} ${by}`).toSorted()).toEqual(direct.toSorted())
})

it('none of them runs a script when it is installed or brings native code', () => {
  const risky = needed.filter((path) => {
    const { hasInstallScript, gypfile } = lockedPackage(path)
    return hasInstallScript === true || gypfile === true
  })
  expect(risky).toEqual([])
})

it('all of them may be used and passed on by anybody', () => {
  const free = ['Apache-2.0', 'BSD-3-Clause', 'ISC', 'MIT']
  const others = needed.filter((path) => !free.includes(lockedPackage(path).license ?? ''))
  expect(others).toEqual([])
})

it('none of them is another package under its name', () => {
  expect(needed.filter((path) => lockedPackage(path).name !== undefined)).toEqual([])
})

it('the bill of materials has all of them with their hashes', () => {
  const script = join(root, 'scripts/sbom.ts')
  const text = execFileSync(process.execPath, ['--conditions=source', script], { encoding: 'utf8' })
  const { bomFormat, components } = JSON.parse(text) as {
    bomFormat: string
    components: { name: string; hashes: { content: string }[] }[]
  }
  expect(bomFormat).toBe('CycloneDX')
  expect([...new Set(components.map(({ name }) => name))].toSorted()).toEqual(names)
  for (const { hashes } of components) expect(hashes[0]?.content).toMatch(/^[0-9a-f]{128}$/)
})
