import { cpSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'

const root = join(import.meta.dirname, '..', '..', '..', '..')

// As a step has to be: it only adds, and what it adds may be absent.
const steps = {
  sqlite: `CREATE TABLE later (row_key INTEGER PRIMARY KEY, name TEXT) STRICT;
ALTER TABLE allocation ADD COLUMN later TEXT;
CREATE INDEX allocation_later ON allocation (later);`,
  postgres: `CREATE TABLE later (row_key bigint PRIMARY KEY, name text);
ALTER TABLE allocation ADD COLUMN later text;
CREATE INDEX allocation_later ON allocation (later);`,
  mariadb: `CREATE TABLE IF NOT EXISTS later (row_key bigint PRIMARY KEY, name varchar(255)) ENGINE=InnoDB;
ALTER TABLE allocation ADD COLUMN IF NOT EXISTS later varchar(255);
CREATE INDEX IF NOT EXISTS allocation_later ON allocation (later);`,
} as const

/** Makes a Freehold in the folder whose schema has one step more; returns the file that is its command line. */
export function newerFreehold(folder: string): string {
  const packages = join(root, 'packages')
  cpSync(packages, join(folder, 'packages'), {
    recursive: true,
    filter: (path) => !['node_modules', 'dist', 'test'].includes(basename(path)),
  })
  const modules = join(folder, 'node_modules')
  mkdirSync(join(modules, '@freehold'), { recursive: true })
  for (const name of readdirSync(join(root, 'node_modules')))
    if (name !== '@freehold') symlinkSync(join(root, 'node_modules', name), join(modules, name))
  for (const name of readdirSync(packages))
    symlinkSync(join(folder, 'packages', name), join(modules, '@freehold', name))
  for (const [database, sql] of Object.entries(steps)) {
    const migrations = join(folder, 'packages/engine/src/store', database, 'migrations')
    const last = readdirSync(migrations).sort().at(-1) ?? ''
    const next = String(Number(last.slice(0, 4)) + 1).padStart(4, '0')
    writeFileSync(join(migrations, `${next}-later.sql`), `${sql}\n`)
  }
  return join(folder, 'packages/cli/src/main.ts')
}
