import mysql from 'mysql2/promise'

/** A transaction past the engine, on one node. */
export class OwnTransaction implements AsyncDisposable {
  /** What `Ipam.within` takes. */
  readonly connection: mysql.Connection

  private constructor(connection: mysql.Connection) {
    this.connection = connection
  }

  static async on(url: string): Promise<OwnTransaction> {
    const connection = await mysql.createConnection({
      uri: url,
    })
    await connection.query('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED')
    return new OwnTransaction(connection)
  }

  async begin(): Promise<void> {
    await this.connection.query('START TRANSACTION')
  }

  /** Whether it was made; false when another node was faster. */
  async commit(): Promise<boolean> {
    try {
      await this.connection.query('COMMIT')
      return true
    } catch (error) {
      if ((error as { errno?: number }).errno === 1213) return false
      throw error
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.connection.end()
  }
}
