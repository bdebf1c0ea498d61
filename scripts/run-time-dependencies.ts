/** What is installed with the published packages, by the lock file. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface LockedPackage {
  /** Where it is not the name of its folder: another package that stands in under that name. */
  readonly name?: string
  readonly version?: string
  readonly license?: string
  readonly integrity?: string
  readonly resolved?: string
  readonly link?: boolean
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>
  readonly hasInstallScript?: boolean
  readonly gypfile?: boolean
  readonly dev?: boolean
  readonly optional?: boolean
}

/** The folders in `packages`, each after what it needs. */
export const PUBLISHED = ['address', 'engine', 'server', 'client', 'torture', 'cli']

/** Everything that is locked, by its path. */
export const { packages: locked } = JSON.parse(
  readFileSync(join(import.meta.dirname, '../package-lock.json'), 'utf8'),
) as { packages: Readonly<Record<string, LockedPackage>> }

/** The lock file's entry of a path. Throws Error when there is none. */
export function lockedPackage(path: string): LockedPackage {
  const entry = locked[path]
  if (entry === undefined) throw new Error(`${path} is not locked`)
  return entry
}

/** The name by which a path under node_modules is asked for. */
export function packageName(path: string): string {
  return path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
}

/**
 * Paths of all that a published package asks for, and so on, with the peers that npm installs unasked; the optional peers of
 * the engine only on demand.
 */
export function runTimeDependencies({ peers }: { peers: boolean }): readonly string[] {
  const seen = new Set<string>()
  const visit = (path: string) => {
    if (seen.has(path)) return
    seen.add(path)
    const { dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta } =
      lockedPackage(path)
    const installedPeers = Object.keys(peerDependencies ?? {}).filter(
      (name) =>
        peerDependenciesMeta?.[name]?.optional !== true || (peers && path === 'packages/engine'),
    )
    const asked = Object.keys({ ...dependencies, ...optionalDependencies })
    for (const name of new Set([...asked, ...installedPeers])) {
      const entry = entryFor(path, name)
      const { link, resolved } = lockedPackage(entry)
      visit(link === true && resolved !== undefined ? resolved : entry)
    }
  }
  for (const name of PUBLISHED) visit(`packages/${name}`)
  return [...seen].filter((path) => path.includes('node_modules/')).toSorted()
}

/** The entry that a package gets when it asks for a name: the nearest one above it. */
function entryFor(path: string, name: string): string {
  for (let folder = path; folder !== ''; ) {
    const entry = `${folder}/node_modules/${name}`
    if (locked[entry] !== undefined) return entry
    const end = folder.lastIndexOf('/node_modules/')
    folder = end < 0 ? '' : folder.slice(0, end)
  }
  return `node_modules/${name}`
}
