/** The sources of the repository as a graph: what `architecture-rules.ts` judges. */
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { parseSync } from 'oxc-parser'

/** One `import`, `export … from` or `import()` of a source file. */
export interface SourceImport {
  readonly specifier: string
  /** The file of this repository that it names, relative to the root; undefined for a package of others. */
  readonly target: string | undefined
}

/** One source file, by its path relative to the repository root, with forward slashes. */
export interface SourceFile {
  readonly path: string
  readonly imports: readonly SourceImport[]
  readonly hasDefaultExport: boolean
  /** What it draws with that is predictable, uneven or bounded: `Math.random`, `randomInt`, a remainder of random bytes. */
  readonly weakRandomness: readonly string[]
}

/** `@freehold/engine/sqlite` → `packages/engine/src/store/sqlite/sqlite-store.ts`. */
export type PackageEntries = ReadonlyMap<string, string>

const SOURCE_PATTERNS = [
  'packages/*/src/**/*.{ts,tsx}',
  'packages/*/test/**/*.ts',
  'packages/*/generate/**/*.ts',
  'test-support/**/*.ts',
  'scripts/**/*.ts',
  'benchmarks/**/*.ts',
  'examples/**/*.ts',
  'integrations/**/*.ts',
]

/** Every TypeScript file that people write here, tests included, in the order of its path. */
export function readSourceGraph(root: string): SourceFile[] {
  const entries = readPackageEntries(root)
  return globSync(SOURCE_PATTERNS, {
    cwd: root,
    exclude: (path) => /(^|\/)(node_modules|dist|generated)$/.test(path),
  })
    .sort()
    .map((path) => parseSource(path, readFileSync(join(root, path), 'utf8'), entries))
}

/** Every entry that the workspace's packages export under the condition `source`. */
function readPackageEntries(root: string): PackageEntries {
  const entries = new Map<string, string>()
  for (const manifest of globSync(['packages/*/package.json', 'test-support/package.json'], {
    cwd: root,
  })) {
    const content = JSON.parse(readFileSync(join(root, manifest), 'utf8')) as {
      name: string
      exports?: Record<string, string | { source?: string }>
    }
    for (const [subpath, target] of Object.entries(content.exports ?? {})) {
      const source = typeof target === 'string' ? target : target.source
      if (source === undefined || !source.endsWith('.ts')) continue
      entries.set(join(content.name, subpath), join(dirname(manifest), source))
    }
  }
  return entries
}

/** Reads the imports and the few other facts that the rules ask for from one file's text. */
export function parseSource(path: string, text: string, entries: PackageEntries): SourceFile {
  const { module, comments, errors } = parseSync(path, text)
  const error = errors[0]
  if (error !== undefined) throw new Error(`${path}: ${error.message}`)
  const specifiers = new Set<string>()
  for (const { moduleRequest } of module.staticImports) specifiers.add(moduleRequest.value)
  const exported = module.staticExports.flatMap((statement) => statement.entries)
  for (const { moduleRequest } of exported) {
    if (moduleRequest !== null) specifiers.add(moduleRequest.value)
  }
  for (const { moduleRequest } of module.dynamicImports) {
    const literal = /^(['"`])([^$]*)\1$/.exec(text.slice(moduleRequest.start, moduleRequest.end))
    if (literal?.[2] !== undefined) specifiers.add(literal[2])
  }
  const code = comments.reduceRight(
    (rest, comment) => rest.slice(0, comment.start) + rest.slice(comment.end),
    text,
  )
  return {
    path,
    imports: [...specifiers].map((specifier) => ({
      specifier,
      target: specifier.startsWith('.')
        ? normalize(join(dirname(path), specifier))
        : entries.get(specifier),
    })),
    hasDefaultExport: exported.some(
      ({ exportName }) => exportName.kind === 'Default' || exportName.name === 'default',
    ),
    weakRandomness: weakRandomnessIn(code),
  }
}

// Also by another name: taken out of Math, or looked up in it.
const mathRandom = /\bMath\s*(?:\?\.|\.)\s*random\b|\bMath\s*(?:\?\.)?\s*\[|\}\s*=\s*Math\b/
const randomInt = /\b(?:randomInt|pseudoRandomBytes)\b/
const randomBytes = /\b(?:randomBytes|randomFill|randomFillSync|getRandomValues)\b/
const remainder = /[\w)\]]\s*%=?\s*[\w(]/

function weakRandomnessIn(code: string): string[] {
  return [
    ...(mathRandom.test(code) ? ['Math.random'] : []),
    ...(randomInt.test(code) ? ['randomInt'] : []),
    ...(randomBytes.test(code) && remainder.test(code) ? ['a remainder of random bytes'] : []),
  ]
}
