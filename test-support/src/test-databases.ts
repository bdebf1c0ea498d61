import { randomBytes } from 'node:crypto'
import mysql from 'mysql2/promise'
import pg from 'pg'
import { inject } from 'vitest'
import type { DatabaseKind } from './database-servers.ts'

/** A server for this test run, and what makes databases on it. */
export interface TestServer {
  /** Of an administrator. */
  readonly url: string
  /** Makes an empty database and returns its URL. */
  createDatabase(): Promise<string>
  /** Cuts its connections and removes it. */
  dropDatabase(url: string): Promise<void>
}

/**
 * The PostgreSQL of this test run: the one that FREEHOLD_TEST_POSTGRES names, else one that is started for the run and
 * ends with it.
 */
export async function testPostgres(): Promise<TestServer> {
  const url = await serverUrl('postgres')
  if (url === undefined) throw new Error('no PostgreSQL was found')
  return {
    url,
    createDatabase: async () => {
      const name = newName()
      await onPostgres(url, `CREATE DATABASE ${name} TEMPLATE template0`)
      return withDatabase(url, name)
    },
    dropDatabase: (database) =>
      onPostgres(url, `DROP DATABASE IF EXISTS ${nameOf(database)} WITH (FORCE)`),
  }
}

/**
 * The MariaDB of this test run: the one that FREEHOLD_TEST_MARIADB names, else the machine's own, started for the run;
 * undefined where there is neither.
 */
export async function testMariadb(): Promise<TestServer | undefined> {
  const url = await serverUrl('mariadb')
  if (url === undefined) return undefined
  return {
    url,
    createDatabase: async () => {
      const name = newName()
      await onMariadb(url, `CREATE DATABASE ${name}`)
      return withDatabase(url, name)
    },
    dropDatabase: (database) => onMariadb(url, `DROP DATABASE IF EXISTS ${nameOf(database)}`),
  }
}

async function serverUrl(kind: DatabaseKind): Promise<string | undefined> {
  const response = await fetch(`${inject('databaseServers')}/${kind}`)
  const answer = (await response.json()) as { url?: string | null; error?: string }
  if (answer.error !== undefined) throw new Error(answer.error)
  return answer.url ?? undefined
}

function newName(): string {
  return `freehold_test_${randomBytes(8).toString('hex')}`
}

function withDatabase(url: string, name: string): string {
  const changed = new URL(url)
  changed.pathname = `/${name}`
  return changed.href
}

function nameOf(url: string): string {
  return new URL(url).pathname.slice(1)
}

async function onPostgres(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}

async function onMariadb(url: string, statement: string): Promise<void> {
  const connection = await mysql.createConnection({ uri: url })
  try {
    await connection.query(statement)
  } finally {
    await connection.end()
  }
}
