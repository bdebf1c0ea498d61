import { describe, expect, it } from 'vitest'
import {
  findCycles,
  findDefaultExports,
  findForbiddenNames,
  findMisplacedDatabaseModules,
  findMissingHops,
  findMissingTargets,
  findUnequalDatabaseFolders,
  findWeakRandomness,
  findWrongEngineImports,
  findWrongPackageImports,
  isShipped,
} from './architecture-rules.ts'
import { findMachinePaths } from './machine-paths.ts'
import { parseSource, type SourceFile } from './source-graph.ts'

const entries = new Map([
  ['@freehold/address', 'packages/address/src/index.ts'],
  ['@freehold/engine', 'packages/engine/src/index.ts'],
  ['@freehold/engine/sqlite', 'packages/engine/src/store/sqlite/sqlite-store.ts'],
  ['@freehold/server', 'packages/server/src/index.ts'],
  ['@freehold/client', 'packages/client/src/index.ts'],
  ['@freehold/cli', 'packages/cli/src/main.ts'],
])

/** A graph from the texts of made-up files. */
function graph(texts: Record<string, string>): SourceFile[] {
  return Object.entries(texts).map(([path, text]) => parseSource(path, text, entries))
}

const ENGINE = 'packages/engine/src'

describe('cycles', () => {
  it('are named from end to end, a short one for every file in the knot', () => {
    const files = graph({
      'packages/engine/src/model/a.ts': "import { b } from './b.ts'",
      'packages/engine/src/model/b.ts': "import { c } from './c.ts'; import { d } from './d.ts'",
      'packages/engine/src/model/c.ts': "export { d } from './d.ts'",
      'packages/engine/src/model/d.ts': "import { a } from './a.ts'",
    })
    expect(findCycles(files)).toEqual([
      'files import one another in a cycle: packages/engine/src/model/a.ts -> ' +
        'packages/engine/src/model/b.ts -> packages/engine/src/model/d.ts -> ' +
        'packages/engine/src/model/a.ts',
      'files import one another in a cycle: packages/engine/src/model/c.ts -> ' +
        'packages/engine/src/model/d.ts -> packages/engine/src/model/a.ts -> ' +
        'packages/engine/src/model/b.ts -> packages/engine/src/model/c.ts',
    ])
  })

  it('count when they are of types only, dynamic, or of a file with itself', () => {
    expect(
      findCycles(
        graph({
          'scripts/a.ts': "import type { B } from './b.ts'",
          'scripts/b.ts': "const a = await import('./a.ts')",
          'scripts/self.ts': "import './self.ts'",
        }),
      ),
    ).toEqual([
      'files import one another in a cycle: scripts/a.ts -> scripts/b.ts -> scripts/a.ts',
      'files import one another in a cycle: scripts/self.ts -> scripts/self.ts',
    ])
  })

  it('are found across packages', () => {
    expect(
      findCycles(
        graph({
          'packages/address/src/index.ts': "export * from '@freehold/engine'",
          'packages/engine/src/index.ts': "export * from '@freehold/address'",
        }),
      ),
    ).toHaveLength(1)
  })

  it('do not include a diamond', () => {
    expect(
      findCycles(
        graph({
          'scripts/top.ts': "import './left.ts'; import './right.ts'",
          'scripts/left.ts': "import './bottom.ts'",
          'scripts/right.ts': "import './bottom.ts'",
          'scripts/bottom.ts': '',
        }),
      ),
    ).toEqual([])
  })
})

describe('imports between packages', () => {
  const importing = (path: string, specifier: string) =>
    findWrongPackageImports(graph({ [path]: `import { x } from '${specifier}'` }))

  it.each([
    ['packages/engine/src/model/a.ts', '@freehold/address'],
    ['packages/server/src/app.ts', '@freehold/engine'],
    ['packages/server/src/app.ts', '@freehold/engine/sqlite'],
    ['packages/server/src/app.ts', 'fastify'],
    ['packages/cli/src/main.ts', '@freehold/server'],
    ['packages/cli/src/main.ts', '@freehold/client'],
  ])('let %s import %s', (path, specifier) => expect(importing(path, specifier)).toEqual([]))

  it.each([
    ['packages/engine/src/ipam.ts', '@freehold/server', 'engine may import address'],
    ['packages/address/src/prefix.ts', '@freehold/engine', 'address may import no package of ours'],
    ['packages/address/src/prefix.ts', 'node:net', 'address depends on nothing'],
    ['packages/client/src/a.ts', '@freehold/address', 'client may import no package of ours'],
    ['packages/server/src/app.ts', '@freehold/cli', 'server may import address, engine'],
    ['packages/server/src/app.ts', '@freehold/test-support', 'server may import address, engine'],
    ['packages/server/src/app.ts', '@freehold/engine/model', 'engine exports no such entry'],
    [
      'packages/server/src/app.ts',
      '../../engine/src/ipam.ts',
      'another package is imported by its name only',
    ],
    ['packages/engine/src/ipam.ts', '@freehold/engine', 'inside a package, imports are relative'],
  ])('refuse that %s imports %s', (path, specifier, reason) =>
    expect(importing(path, specifier)).toEqual([`${path} imports ${specifier}: ${reason}`]),
  )

  it('refuse a package that nobody has given a place', () => {
    expect(importing('packages/agent/src/a.ts', 'pino')).toEqual([
      'packages/agent/src/a.ts lies in package agent, which has no row in PACKAGE_IMPORTS',
    ])
  })
})

describe('imports inside the engine', () => {
  const importing = (from: string, to: string) => {
    const up = '../'.repeat(from.split('/').length - 1) || './'
    return findWrongEngineImports(graph({ [`${ENGINE}/${from}`]: `import '${up}${to}'` }))
  }

  it.each([
    ['model/subnet.ts', 'errors.ts'],
    ['allocators/next-address-allocator.ts', 'model/subnet.ts'],
    ['operations/subnet-operations.ts', 'store/store.ts'],
    ['operations/subnet-operations.ts', 'store/sql/subnet-queries.ts'],
    ['store/sqlite/sqlite-store.ts', 'store/sql/migrations.ts'],
    ['store/sqlite/sqlite-store.ts', 'store/sqlite/sqlite-errors.ts'],
    ['ipam.ts', 'operations/subnet-operations.ts'],
    ['system-random.ts', 'allocators/random-source.ts'],
    ['index.ts', 'ipam.ts'],
  ])('let %s import %s', (from, to) => expect(importing(from, to)).toEqual([]))

  it.each([
    ['model/subnet.ts', 'allocators/next-address-allocator.ts', 'model may import no other layer'],
    ['errors.ts', 'ipam.ts', 'model may import no other layer'],
    [
      'allocators/next-address-allocator.ts',
      'operations/subnet-operations.ts',
      'allocators may import model',
    ],
    [
      'operations/subnet-operations.ts',
      'store/sqlite/sqlite-store.ts',
      'operations may import model, store interfaces, store/sql, allocators',
    ],
    [
      'operations/subnet-operations.ts',
      'ipam.ts',
      'operations may import model, store interfaces, store/sql, allocators',
    ],
    [
      'store/sql/subnet-queries.ts',
      'operations/subnet-operations.ts',
      'store/sql may import model, store interfaces',
    ],
    [
      'store/postgres/postgres-store.ts',
      'store/mariadb/mariadb-store.ts',
      'store/postgres may import model, store interfaces, store/sql',
    ],
    ['store/store.ts', 'store/sql/subnet-queries.ts', 'store interfaces may import model'],
    [
      'ipam.ts',
      'store/postgres/postgres-store.ts',
      'ipam may import model, store interfaces, store/sql, allocators, operations',
    ],
    [
      'index.ts',
      'store/sqlite/sqlite-store.ts',
      'index may import model, store interfaces, store/sql, allocators, operations, ipam, driver',
    ],
  ])('refuse that %s imports %s', (from, to, reason) =>
    expect(importing(from, to)).toEqual([`${ENGINE}/${from} imports ${ENGINE}/${to}: ${reason}`]),
  )

  it('refuse a folder that nobody has given a place', () => {
    expect(importing('services/subnet.ts', 'model/subnet.ts')).toEqual([
      `${ENGINE}/services/subnet.ts lies in no layer of ENGINE_IMPORTS`,
    ])
    expect(importing('ipam.ts', 'store/redis/redis-store.ts')).toEqual([
      `${ENGINE}/store/redis/redis-store.ts lies in no layer of ENGINE_IMPORTS`,
    ])
  })
})

describe('databases', () => {
  it('are reached from their own folder only', () => {
    expect(
      findMisplacedDatabaseModules(
        graph({
          [`${ENGINE}/store/sqlite/sqlite-session.ts`]:
            "import { DatabaseSync } from 'node:sqlite'",
          [`${ENGINE}/store/postgres/postgres-session.ts`]: "import mysql from 'mysql2/promise'",
          [`${ENGINE}/ipam.ts`]: "const pg = await import('pg')",
        }),
      ),
    ).toEqual([
      `${ENGINE}/store/postgres/postgres-session.ts imports mysql2/promise: only store/mariadb may`,
      `${ENGINE}/ipam.ts imports pg: only store/postgres may`,
    ])
  })

  it('have folders with equal names but for the prefix', () => {
    expect(
      findUnequalDatabaseFolders(
        graph({
          [`${ENGINE}/store/sqlite/sqlite-store.ts`]: '',
          [`${ENGINE}/store/sqlite/sqlite-errors.ts`]: '',
          [`${ENGINE}/store/postgres/postgres-store.ts`]: '',
          [`${ENGINE}/store/postgres/listen.ts`]: '',
        }),
      ),
    ).toEqual([
      `${ENGINE}/store/sqlite/listen.ts is missing: another database has its counterpart`,
      `${ENGINE}/store/postgres/postgres-errors.ts is missing: another database has its counterpart`,
    ])
  })
})

describe('files', () => {
  it('are refused by names that say nothing', () => {
    const names = ['utils', 'helpers', 'common', 'misc', 'types', 'manager', 'subnet-helpers']
    const paths = names.map((name) => `packages/engine/src/model/${name}.ts`)
    expect(findForbiddenNames(graph(Object.fromEntries(paths.map((path) => [path, '']))))).toEqual(
      paths.map((path, index) => `${path}: the name ${names[index]} does not say what is inside`),
    )
  })

  it('are named in kebab case, and index.ts only at the root of a package', () => {
    expect(
      findForbiddenNames(
        graph({
          'packages/engine/src/index.ts': '',
          'packages/engine/src/model/index.ts': '',
          'packages/engine/src/model/subnetPool.ts': '',
          'packages/engine/src/store/sql/0001-first-schema.ts': '',
          'packages/engine/test/allocation-model.property.test.ts': '',
        }),
      ),
    ).toEqual([
      'packages/engine/src/model/index.ts: index.ts belongs at the root of a package only',
      'packages/engine/src/model/subnetPool.ts: file names are kebab-case',
    ])
  })

  it('export by name', () => {
    expect(
      findDefaultExports(
        graph({
          'scripts/a.ts': 'export default 1',
          'scripts/b.ts': 'const b = 1; export { b as default }',
          'scripts/c.ts': 'export const c = 1 // not an export default',
        }),
      ),
    ).toEqual(['scripts/a.ts has a default export', 'scripts/b.ts has a default export'])
  })

  it('draw from the system’s generator, and evenly', () => {
    const bytes = "import { randomBytes } from 'node:crypto'\n"
    expect(
      findWeakRandomness(
        graph({
          'packages/engine/src/store/retry.ts': 'export const jitter = () => Math.random()',
          'packages/server/src/retry.ts': 'export const jitter = () => Math.random()',
          'packages/engine/src/allocators/a.ts': 'export const pick = () => Math.random()',
          'packages/engine/src/allocators/b.ts': '// never Math.random, see retry.ts',
          'packages/engine/src/allocators/c.ts': "export const pick = () => Math['random']()",
          'packages/engine/src/allocators/d.ts': 'const { random } = Math\nexport { random }',
          'packages/engine/src/allocators/e.ts':
            "import { randomInt } from 'node:crypto'\nexport const pick = () => randomInt(9)",
          'packages/engine/src/allocators/f.ts': `${bytes}export const pick = () => randomBytes(1)[0] % 10`,
          'packages/engine/src/allocators/g.ts': `${bytes}export const pick = () => randomBytes(1)`,
          'packages/engine/src/allocators/h.ts': 'export const even = (n: number) => n % 2 === 0',
          'packages/server/src/identity/token-text.ts': `${bytes}export const digit = randomBytes(1)[0] % 62`,
          'scripts/a.ts': 'export const pick = () => Math.random()',
        }),
      ),
    ).toEqual([
      'packages/server/src/retry.ts draws with Math.random',
      'packages/engine/src/allocators/a.ts draws with Math.random',
      'packages/engine/src/allocators/c.ts draws with Math.random',
      'packages/engine/src/allocators/d.ts draws with Math.random',
      'packages/engine/src/allocators/e.ts draws with randomInt',
      'packages/engine/src/allocators/f.ts draws with a remainder of random bytes',
    ])
  })

  it('that are imported must exist', () => {
    expect(
      findMissingTargets(
        graph({
          'scripts/a.ts': "import './b.ts'; import './gone.ts'; import './b'",
          'scripts/b.ts': "import schema from './schema.json'",
        }),
      ),
    ).toEqual([
      'scripts/a.ts imports scripts/gone.ts, which does not exist',
      'scripts/a.ts imports scripts/b, which does not exist',
    ])
  })

  it('that are imported by a name put together at run time are not looked for', () => {
    expect(findMissingTargets(graph({ 'scripts/a.ts': 'import(`./${b}.ts`)' }))).toEqual([])
  })

  it('of the six hops are missed one by one', () => {
    const hops = {
      'packages/server/src/routes/allocation-routes.ts': '',
      [`${ENGINE}/ipam.ts`]: '',
      [`${ENGINE}/operations/allocation-operations.ts`]: '',
      [`${ENGINE}/allocators/any-address-allocator.ts`]: '',
      [`${ENGINE}/store/sql/allocation-queries.ts`]: '',
      [`${ENGINE}/store/sqlite/sqlite-store.ts`]: '',
    }
    expect(findMissingHops(graph(hops))).toEqual([])
    for (const path of Object.keys(hops)) {
      const rest = Object.fromEntries(Object.entries(hops).filter(([other]) => other !== path))
      expect(findMissingHops(graph(rest))).toHaveLength(1)
    }
  })
})

describe('what is shipped', () => {
  it.each([
    ['packages/engine/src/ipam.ts', true],
    ['packages/client/generate/v1-types.ts', true],
    ['scripts/test.ts', true],
    ['packages/address/src/prefix.test.ts', false],
    ['packages/engine/test/coalescer.test.ts', false],
    ['test-support/src/index.ts', false],
    ['benchmarks/any.bench.ts', false],
    ['examples/embed/first-allocation.ts', false],
    ['integrations/tempest/known-differences.ts', false],
  ])('of %s: %s', (path, expected) => {
    expect(graph({ [path]: '' }).map(isShipped)).toEqual([expected])
  })
})

describe('paths of one machine', () => {
  const folders = { root: '/srv/checkouts/freehold', home: '/root' }
  const find = (text: string) => findMachinePaths('README.md', text, folders)

  it('are named with their line', () => {
    expect(find(`first\nsee ${folders.root}/docs`)).toEqual([
      'README.md:2 holds a path of one machine: /srv/checkouts/freehold/',
    ])
    expect(find(`cd ${folders.home}/x`)).toHaveLength(1)
    expect(find(`"${['', 'home', 'ada', 'x'].join('/')}"`)).toHaveLength(1)
  })

  it('are not seen in relative paths, URLs and the system folders', () => {
    expect(find('docs/root/x, https://example.org/home/page, /var/lib/freehold')).toEqual([])
    expect(findMachinePaths('a.md', '/app/x', { root: '/app', home: '/' })).toEqual([])
  })
})
