import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { temporaryDirectory } from '@freehold/test-support'
import { describe, expect, it } from 'vitest'
import { errorOfFault } from '../src/store/retry.ts'
import { sqliteFault } from '../src/store/sqlite/sqlite-errors.ts'
import { type FaultKind, StoreFault } from '../src/store/store.ts'

interface Scene {
  readonly database: DatabaseSync
  /** A second connection to the same file. */
  readonly other: DatabaseSync
  readonly path: string
}

interface Failure {
  readonly name: string
  /** SQLite's extended result code. */
  readonly code: number
  readonly fault: FaultKind
  readonly error: string
  readonly constraint?: string
  readonly provoke: (scene: Scene) => unknown
}

const failures: Failure[] = [
  {
    name: 'SQLITE_BUSY',
    code: 5,
    fault: 'retry',
    error: 'CONTENTION',
    provoke: ({ database, other }) => {
      other.exec('BEGIN IMMEDIATE')
      database.exec('BEGIN IMMEDIATE')
    },
  },
  {
    name: 'SQLITE_BUSY_SNAPSHOT',
    code: 517,
    fault: 'retry',
    error: 'CONTENTION',
    provoke: ({ database, other }) => {
      database.exec('BEGIN; SELECT * FROM parent')
      other.exec('INSERT INTO parent VALUES (7, 7)')
      database.exec('INSERT INTO parent VALUES (8, 8)')
    },
  },
  {
    name: 'SQLITE_LOCKED',
    code: 6,
    fault: 'retry',
    error: 'CONTENTION',
    provoke: ({ database }) => {
      const reading = database.prepare('SELECT * FROM parent').iterate()
      reading.next()
      database.exec('DROP TABLE child')
    },
  },
  {
    name: 'SQLITE_READONLY',
    code: 8,
    fault: 'unavailable',
    error: 'DATABASE_UNAVAILABLE',
    provoke: ({ path }) => {
      using reader = new DatabaseSync(path, { readOnly: true })
      reader.exec('INSERT INTO parent VALUES (7, 7)')
    },
  },
  {
    name: 'SQLITE_CORRUPT',
    code: 11,
    fault: 'internal',
    error: 'INTERNAL',
    provoke: ({ database, other, path }) => {
      database.close()
      other.exec('PRAGMA wal_checkpoint(TRUNCATE)')
      const { page_size: size } = other.prepare('PRAGMA page_size').get() as { page_size: number }
      other.close()
      // The header stays, and the page of the table is no page any more.
      const bytes = Buffer.concat([readPage(path, size), Buffer.alloc(size * 8, 0xff)])
      writeFileSync(path, bytes)
      using spoilt = new DatabaseSync(path)
      spoilt.prepare('SELECT * FROM parent').all()
    },
  },
  {
    name: 'SQLITE_FULL',
    code: 13,
    fault: 'storage-full',
    error: 'STORAGE_FULL',
    provoke: ({ database }) => {
      database.exec('PRAGMA max_page_count = 5')
      database.exec('INSERT INTO parent VALUES (7, zeroblob(100000))')
    },
  },
  {
    name: 'SQLITE_CANTOPEN',
    code: 14,
    fault: 'unavailable',
    error: 'DATABASE_UNAVAILABLE',
    provoke: ({ path }) => new DatabaseSync(join(path, 'not', 'there')),
  },
  {
    name: 'SQLITE_NOTADB',
    code: 26,
    fault: 'internal',
    error: 'INTERNAL',
    provoke: ({ path }) => {
      writeFileSync(`${path}.txt`, 'not a database, but long enough to look at'.repeat(100))
      using text = new DatabaseSync(`${path}.txt`)
      text.exec('SELECT * FROM parent')
    },
  },
  {
    name: 'SQLITE_CONSTRAINT_FOREIGNKEY',
    code: 787,
    fault: 'foreign-key',
    error: 'INTERNAL',
    provoke: ({ database }) => database.exec('INSERT INTO child VALUES (99)'),
  },
  {
    name: 'SQLITE_CONSTRAINT_PRIMARYKEY',
    code: 1555,
    fault: 'unique',
    error: 'INTERNAL',
    constraint: 'parent.id',
    provoke: ({ database }) => database.exec('INSERT INTO parent VALUES (1, 2)'),
  },
  {
    name: 'SQLITE_CONSTRAINT_UNIQUE',
    code: 2067,
    fault: 'unique',
    error: 'INTERNAL',
    constraint: 'parent.value',
    provoke: ({ database }) => database.exec('INSERT INTO parent VALUES (2, 1)'),
  },
  {
    name: 'SQLITE_CONSTRAINT_ROWID',
    code: 2579,
    fault: 'unique',
    error: 'INTERNAL',
    constraint: 'child.rowid',
    provoke: ({ database }) =>
      database.exec('INSERT INTO child (rowid) VALUES (5); INSERT INTO child (rowid) VALUES (5)'),
  },
  {
    name: 'SQLITE_CONSTRAINT_NOTNULL',
    code: 1299,
    fault: 'internal',
    error: 'INTERNAL',
    provoke: ({ database }) => database.exec('INSERT INTO parent VALUES (2, NULL)'),
  },
]

function readPage(path: string, size: number): Buffer {
  return readFileSync(path).subarray(0, size)
}

function thrownBy(work: () => unknown): unknown {
  try {
    work()
  } catch (error) {
    return error
  }
  throw new Error('nothing failed')
}

describe('a fault of SQLite', () => {
  it.each(failures)('is told by its code: $name', (failure) => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'db.sqlite')
    const database = new DatabaseSync(path)
    database.exec(
      `PRAGMA journal_mode = wal;
       CREATE TABLE parent (id INTEGER PRIMARY KEY, value NOT NULL UNIQUE);
       CREATE TABLE child (parent_id REFERENCES parent);
       INSERT INTO parent VALUES (1, 1)`,
    )
    const other = new DatabaseSync(path)
    const thrown = thrownBy(() => failure.provoke({ database, other, path }))
    expect(thrown).toMatchObject({ errcode: failure.code })
    const fault = sqliteFault(thrown) as StoreFault
    expect(fault).toBeInstanceOf(StoreFault)
    expect(fault).toMatchObject({ fault: failure.fault, constraint: failure.constraint })
    expect(errorOfFault(fault)).toMatchObject({ code: failure.error })
    for (const connection of [database, other]) if (connection.isOpen) connection.close()
  })
})
