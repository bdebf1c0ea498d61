/**
 * The rules of the source tree, as pure functions over a graph of files. Each answers with one
 * sentence per offence that names the file or the edge, or with nothing.
 */
import type { SourceFile } from './source-graph.ts'

/** Which packages of ours each package may import, by public name; see ARCHITECTURE.md. */
const PACKAGE_IMPORTS: Readonly<Record<string, readonly string[]>> = {
  address: [],
  engine: ['address'],
  server: ['address', 'engine'],
  client: [],
  torture: ['address', 'engine'],
  cli: ['address', 'engine', 'server', 'client', 'torture'],
}

const DATABASES = ['sqlite', 'postgres', 'mariadb'] as const
type Database = (typeof DATABASES)[number]

type EngineLayer =
  | 'model'
  | 'store interfaces'
  | 'store/sql'
  | 'allocators'
  | 'operations'
  | 'ipam'
  | 'driver'
  | 'store url'
  | 'index'
  | `store/${Database}`

const ABOVE_THE_STORE: readonly EngineLayer[] = [
  'model',
  'store interfaces',
  'store/sql',
  'allocators',
]

/** Which layers of the engine each of them may import, besides itself. */
const ENGINE_IMPORTS: Readonly<Record<EngineLayer, readonly EngineLayer[]>> = {
  model: [],
  'store interfaces': ['model'],
  'store/sql': ['model', 'store interfaces'],
  'store/sqlite': ['model', 'store interfaces', 'store/sql'],
  'store/postgres': ['model', 'store interfaces', 'store/sql'],
  'store/mariadb': ['model', 'store interfaces', 'store/sql'],
  // They choose, and touch nothing.
  allocators: ['model'],
  operations: ABOVE_THE_STORE,
  ipam: [...ABOVE_THE_STORE, 'operations'],
  driver: [...ABOVE_THE_STORE, 'operations', 'ipam'],
  // For programs that are told where a database is; nothing in the engine imports it.
  'store url': ['model', 'store interfaces', 'store/sqlite', 'store/postgres', 'store/mariadb'],
  index: [...ABOVE_THE_STORE, 'operations', 'ipam', 'driver'],
}

/** Modules that reach one database, and the only folder that may load each. */
const DATABASE_MODULES: Readonly<Record<string, Database>> = {
  'node:sqlite': 'sqlite',
  pg: 'postgres',
  mysql2: 'mariadb',
  'mysql2/promise': 'mariadb',
}

/** One request, followed by its noun: each hop is a file, or a folder that holds at least one. */
const ALLOCATION_HOPS = [
  'packages/server/src/routes/allocation-routes.ts',
  'packages/engine/src/ipam.ts',
  'packages/engine/src/operations/allocation-operations.ts',
  'packages/engine/src/allocators/',
  'packages/engine/src/store/sql/allocation-queries.ts',
  'packages/engine/src/store/sqlite/',
]

const FORBIDDEN_NAME = /^(common|misc|types)$|(^|-)(utils?|helpers?|manager)$/
const KEBAB_CASE_NAME = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9-]+)*\.tsx?$/

/** Tests, benchmarks, examples and what serves them may reach further than the code that is shipped. */
export function isShipped({ path }: SourceFile): boolean {
  return /^(packages\/[^/]+\/(src|generate)|scripts)\//.test(path) && !/\.test\.tsx?$/.test(path)
}

/** A relative import names a file that exists, with its extension. */
export function findMissingTargets(files: readonly SourceFile[]): string[] {
  const known = new Set(files.map((file) => file.path))
  return edges(files)
    .filter(({ target }) => /\.[jt]sx?$|\/[^.]+$/.test(target) && !known.has(target))
    .filter(({ target }) => !target.includes('/generated/'))
    .map(({ from, target }) => `${from} imports ${target}, which does not exist`)
}

/** Short cycles, such that every file on any cycle stands in at least one of them. */
export function findCycles(files: readonly SourceFile[]): string[] {
  const targets = new Map<string, string[]>(files.map((file) => [file.path, []]))
  for (const { from, target } of edges(files)) {
    if (targets.has(target)) targets.get(from)?.push(target)
  }
  const reported = new Set<string>()
  const messages: string[] = []
  for (const start of targets.keys()) {
    if (reported.has(start)) continue
    const cycle = shortestCycle(start, targets)
    if (cycle === undefined) continue
    for (const path of cycle) reported.add(path)
    messages.push(`files import one another in a cycle: ${[...cycle, start].join(' -> ')}`)
  }
  return messages
}

/** The shortest way from a file back to itself, without its last step; linear in the edges. */
function shortestCycle(start: string, targets: ReadonlyMap<string, readonly string[]>) {
  const cameFrom = new Map<string, string>()
  const queue = [start]
  for (const path of queue) {
    for (const target of targets.get(path) ?? []) {
      if (target === start) {
        const cycle = [path]
        for (let at = path; at !== start; ) {
          at = cameFrom.get(at) ?? start
          cycle.unshift(at)
        }
        return cycle
      }
      if (cameFrom.has(target)) continue
      cameFrom.set(target, path)
      queue.push(target)
    }
  }
  return undefined
}

/** Packages import downward only, by public name, and never reach into another's folder. */
export function findWrongPackageImports(files: readonly SourceFile[]): string[] {
  const messages: string[] = []
  for (const file of files) {
    const from = packageOf(file.path)
    if (from === undefined) continue
    const allowed = PACKAGE_IMPORTS[from]
    if (allowed === undefined) {
      messages.push(`${file.path} lies in package ${from}, which has no row in PACKAGE_IMPORTS`)
      continue
    }
    for (const { specifier, target } of file.imports) {
      const edge = `${file.path} imports ${specifier}`
      if (specifier.startsWith('.')) {
        if (target !== undefined && packageOf(target) !== from) {
          messages.push(`${edge}: another package is imported by its name only`)
        }
        continue
      }
      const [, to] = /^@freehold\/([^/]+)/.exec(specifier) ?? []
      if (to === undefined) {
        if (from === 'address') messages.push(`${edge}: address depends on nothing`)
      } else if (to === from) {
        messages.push(`${edge}: inside a package, imports are relative`)
      } else if (!allowed.includes(to)) {
        messages.push(`${edge}: ${from} may import ${allowed.join(', ') || 'no package of ours'}`)
      } else if (target === undefined) {
        messages.push(`${edge}: ${to} exports no such entry`)
      }
    }
  }
  return messages
}

/** Inside the engine, each layer imports only the layers below it. */
export function findWrongEngineImports(files: readonly SourceFile[]): string[] {
  const messages = new Set<string>()
  for (const { from, target } of edges(files)) {
    if (packageOf(from) !== 'engine' || packageOf(target) !== 'engine') continue
    const fromLayer = engineLayer(from)
    const toLayer = engineLayer(target)
    if (fromLayer === undefined) messages.add(`${from} lies in no layer of ENGINE_IMPORTS`)
    else if (toLayer === undefined) messages.add(`${target} lies in no layer of ENGINE_IMPORTS`)
    else if (fromLayer !== toLayer && !ENGINE_IMPORTS[fromLayer].includes(toLayer)) {
      const allowed = ENGINE_IMPORTS[fromLayer].join(', ') || 'no other layer'
      messages.add(`${from} imports ${target}: ${fromLayer} may import ${allowed}`)
    }
  }
  return [...messages]
}

/** A database's module is loaded in its own folder, so that the engine's root loads no driver. */
export function findMisplacedDatabaseModules(files: readonly SourceFile[]): string[] {
  return files
    .filter((file) => packageOf(file.path) === 'engine')
    .flatMap((file) =>
      file.imports.flatMap(({ specifier }) => {
        const database = DATABASE_MODULES[specifier]
        if (database === undefined || engineLayer(file.path) === `store/${database}`) return []
        return [`${file.path} imports ${specifier}: only store/${database} may`]
      }),
    )
}

/** Knowing one database's folder means knowing all: equal names, but for the prefix. */
export function findUnequalDatabaseFolders(files: readonly SourceFile[]): string[] {
  const names = new Map<Database, Set<string>>()
  for (const database of DATABASES) {
    const folder = `packages/engine/src/store/${database}/`
    const inside = files
      .filter((file) => file.path.startsWith(folder))
      .map((file) => file.path.slice(folder.length).replaceAll(`${database}-`, '<database>-'))
    if (inside.length > 0) names.set(database, new Set(inside))
  }
  const all = new Set([...names.values()].flatMap((inside) => [...inside]))
  return [...names].flatMap(([database, inside]) =>
    [...all]
      .filter((name) => !inside.has(name))
      .map((name) => {
        const missing = name.replaceAll('<database>-', `${database}-`)
        return `packages/engine/src/store/${database}/${missing} is missing: another database has its counterpart`
      }),
  )
}

/** A name says what is inside, in kebab case; `index.ts` only opens a package. */
export function findForbiddenNames(files: readonly SourceFile[]): string[] {
  return files.flatMap(({ path }) => {
    const name = path.slice(path.lastIndexOf('/') + 1)
    const stem = name.slice(0, name.indexOf('.'))
    if (name === 'index.ts' && !/^(packages\/[^/]+|test-support)\/src\/index\.ts$/.test(path)) {
      return [`${path}: index.ts belongs at the root of a package only`]
    }
    if (FORBIDDEN_NAME.test(stem)) return [`${path}: the name ${stem} does not say what is inside`]
    if (!KEBAB_CASE_NAME.test(name)) return [`${path}: file names are kebab-case`]
    return []
  })
}

/** Named exports only: one thing has one name everywhere. */
export function findDefaultExports(files: readonly SourceFile[]): string[] {
  return files
    .filter((file) => file.hasDefaultExport)
    .map((file) => `${file.path} has a default export`)
}

// What may look weak, and why it is not.
const RANDOMNESS_EXCEPTIONS: ReadonlyMap<string, string> = new Map([
  // Spreads retries over time; nobody gains by knowing when.
  ['packages/engine/src/store/retry.ts', 'Math.random'],
  // Writes one whole number in digits of base 62, which takes every remainder.
  ['packages/server/src/identity/token-text.ts', 'a remainder of random bytes'],
])

/**
 * Product code draws below a bound with `SystemRandom` only: `Math.random` is predictable, `randomInt` ends at 2^48, and a
 * remainder of random bytes favours low numbers.
 */
export function findWeakRandomness(files: readonly SourceFile[]): string[] {
  return files
    .filter((file) => packageOf(file.path) !== undefined)
    .flatMap((file) =>
      file.weakRandomness
        .filter((weak) => RANDOMNESS_EXCEPTIONS.get(file.path) !== weak)
        .map((weak) => `${file.path} draws with ${weak}`),
    )
}

/** The files that ARCHITECTURE.md follows one allocation through exist. */
export function findMissingHops(files: readonly SourceFile[]): string[] {
  return ALLOCATION_HOPS.filter(
    (hop) => !files.some(({ path }) => (hop.endsWith('/') ? path.startsWith(hop) : path === hop)),
  ).map((hop) => `${hop} is missing: a hop of the allocation request`)
}

function edges(files: readonly SourceFile[]): { from: string; target: string }[] {
  return files.flatMap((file) =>
    file.imports.flatMap(({ target }) =>
      target === undefined ? [] : [{ from: file.path, target }],
    ),
  )
}

function packageOf(path: string): string | undefined {
  return /^packages\/([^/]+)\/src\//.exec(path)?.[1]
}

function engineLayer(path: string): EngineLayer | undefined {
  const inside = path.slice('packages/engine/src/'.length)
  const folder = inside.slice(0, Math.max(0, inside.indexOf('/')))
  switch (folder) {
    case '':
      // Beside the errors, which every layer throws, the root holds what puts the engine together.
      if (inside === 'index.ts') return 'index'
      if (inside === 'store-url.ts') return 'store url'
      return inside === 'errors.ts' ? 'model' : 'ipam'
    case 'model':
    case 'allocators':
    case 'operations':
    case 'driver':
      return folder
    case 'store': {
      const part = /^store\/(sql|sqlite|postgres|mariadb)\//.exec(inside)?.[1]
      if (part !== undefined) return `store/${part as Database | 'sql'}`
      return /^store\/[^/]+$/.test(inside) ? 'store interfaces' : undefined
    }
    default:
      return undefined
  }
}
