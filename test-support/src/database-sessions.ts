import mysql from 'mysql2/promise'
import pg from 'pg'

/** How many connections a database has besides the one that asks. */
export interface DatabaseSessions {
  readonly all: number
  /** Of those, the ones that are in a transaction and wait for their client. */
  readonly idleInTransaction: number
}

/** Asks the server of `postgres://…` or `mariadb://…` for the sessions of that database. */
export async function databaseSessions(url: string): Promise<DatabaseSessions> {
  return url.startsWith('postgres') ? ofPostgres(url) : ofMariadb(url)
}

async function ofPostgres(url: string): Promise<DatabaseSessions> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query(
      `SELECT count(*)::int AS "all", count(*) FILTER (WHERE state LIKE 'idle in transaction%')::int AS "idleInTransaction"
       FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()`,
    )
    return rows[0] as DatabaseSessions
  } finally {
    await client.end()
  }
}

async function ofMariadb(url: string): Promise<DatabaseSessions> {
  const connection = await mysql.createConnection({ uri: url })
  try {
    const [rows] = await connection.query<mysql.RowDataPacket[]>(
      `SELECT count(*) AS "all", CAST(coalesce(sum(command = 'Sleep' AND trx_id IS NOT NULL), 0) AS SIGNED) AS idleInTransaction
       FROM information_schema.processlist LEFT JOIN information_schema.innodb_trx ON trx_mysql_thread_id = id
       WHERE db = database() AND id <> connection_id()`.replaceAll('"', '`'),
    )
    return rows[0] as DatabaseSessions
  } finally {
    await connection.end()
  }
}
