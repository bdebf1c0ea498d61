import { globSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
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
import { readSourceGraph } from './source-graph.ts'

const root = join(import.meta.dirname, '../..')
const files = readSourceGraph(root)
const shipped = files.filter(isShipped)

describe('the source tree', () => {
  it('imports only files that exist', () => expect(findMissingTargets(files)).toEqual([]))
  it('has no import cycle', () => expect(findCycles(shipped)).toEqual([]))
  it('has packages that import downward and by name', () =>
    expect(findWrongPackageImports(shipped)).toEqual([]))
  it('has engine layers that import downward', () =>
    expect(findWrongEngineImports(shipped)).toEqual([]))
  it('loads each database module in its own folder only', () =>
    expect(findMisplacedDatabaseModules(shipped)).toEqual([]))
  it('has database folders of equal shape', () =>
    expect(findUnequalDatabaseFolders(shipped)).toEqual([]))
  it('has file names that say what is inside', () => expect(findForbiddenNames(files)).toEqual([]))
  it('has no default exports', () => expect(findDefaultExports(files)).toEqual([]))
  it('draws with the system’s generator, and evenly', () =>
    expect(findWeakRandomness(shipped)).toEqual([]))
  it('lets one allocation be followed by its noun', () =>
    expect(findMissingHops(files)).toEqual([]))

  it('holds no path of one machine', () => {
    const texts = globSync('**/*.{ts,tsx,js,mjs,json,md,sh,py,sql,html,yml,toml}', {
      cwd: root,
      exclude: (path) => /(^|\/)(node_modules|dist|data|coverage|\.git)$/.test(path),
    })
    const found = texts.flatMap((path) =>
      findMachinePaths(path, readFileSync(join(root, path), 'utf8'), { root, home: homedir() }),
    )
    expect(texts.length).toBeGreaterThan(20)
    expect(found).toEqual([])
  })
})
