import mysql from 'mysql2/promise'

/** Makes a database on a MariaDB of the test's own. */
export async function createMariadbDatabase(url: string, name: string): Promise<void> {
  const connection = await mysql.createConnection({ uri: url })
  try {
    await connection.query(`CREATE DATABASE ${name}`)
  } finally {
    await connection.end()
  }
}
