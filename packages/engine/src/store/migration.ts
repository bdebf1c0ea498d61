import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { IpamError } from '../errors.ts'

/** One step of the schema. Steps are numbered alike on every database. */
export interface Migration {
  readonly version: number
  readonly name: string
  readonly sql: string
  /** Tells a changed file from the one that was applied. */
  readonly checksum: string
}

/** What the database says it has applied. */
export interface AppliedMigration {
  version: number
  checksum: string
}

/** Reads the numbered `.sql` files of a folder, in order. */
export function loadMigrations(folder: URL): readonly Migration[] {
  return readdirSync(fileURLToPath(folder))
    .filter((name) => name.endsWith('.sql'))
    .sort()
    .map((name) => {
      const sql = readFileSync(new URL(name, folder), 'utf8')
      const checksum = createHash('sha256').update(sql).digest('hex')
      return { version: Number(name.slice(0, 4)), name, sql, checksum }
    })
}

/**
 * The steps still to apply.
 * @throws IpamError SCHEMA_MISMATCH when the database was written by a newer Freehold, or an applied step reads otherwise.
 */
export function pendingMigrations(
  known: readonly Migration[],
  applied: readonly AppliedMigration[],
): readonly Migration[] {
  const newest = known.at(-1)?.version ?? 0
  for (const step of applied) {
    if (step.version > newest)
      throw new IpamError(
        'SCHEMA_MISMATCH',
        `The database has schema version ${step.version}; this Freehold knows versions up to ${newest}.`,
        {
          fix: 'Use the Freehold that wrote it, or a newer one.',
          found: step.version,
          known: newest,
        },
      )
    const mine = known.find((migration) => migration.version === step.version)
    if (mine !== undefined && mine.checksum !== step.checksum)
      throw new IpamError(
        'SCHEMA_MISMATCH',
        `Schema version ${step.version} of the database was not made by the step of this Freehold.`,
        { fix: 'Restore the database or use the Freehold that wrote it.', found: step.version },
      )
  }
  const done = new Set(applied.map((step) => step.version))
  return known.filter((migration) => !done.has(migration.version))
}

/** A newer Freehold has migrated the database while this one was running. */
export function schemaMovedOn(found: number, known: number): IpamError {
  return new IpamError(
    'SCHEMA_MISMATCH',
    `The database has moved on to schema version ${found}; this Freehold was opened on version ${known}.`,
    { fix: 'Replace it by the Freehold that migrated the database.', found, known },
  )
}

/** The statements of a file of ours: no `;` stands anywhere else at the end of a line. */
export function statementsOf(sql: string): string[] {
  return sql
    .split(/;\s*$/m)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '')
}
