/**
 * A program with a table of its own, in the same SQLite file as Freehold's. A server and its address are written in one
 * transaction of the program: both are there afterwards, or neither is.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { openIpam } from '@freehold/engine'
import { sqliteStore } from '@freehold/engine/sqlite'

const folder = mkdtempSync(join(tmpdir(), 'freehold-example-'))
const path = join(folder, 'inventory.sqlite')

const ipam = await openIpam(sqliteStore({ path }))
const { id: subnetId } = await ipam.subnets.create({ cidr: '198.51.100.0/24' })

// The program's own connection. The timeout is for other processes that write to the file.
const database = new DatabaseSync(path, { timeout: 5000 })
database.exec('CREATE TABLE server (name TEXT PRIMARY KEY, address TEXT NOT NULL) STRICT')

/** Writes the server and allocates its address, in the transaction that is open on `database`. */
async function addServer(name: string): Promise<void> {
  const [allocation] = await ipam
    .within(database)
    .allocations.allocate(subnetId, { kind: 'next' }, { holder: { kind: 'host', id: name } })
  if (allocation === undefined) throw new Error('no address came back')
  database.prepare('INSERT INTO server VALUES (?, ?)').run(name, allocation.address)
}

/** Runs the work in a transaction of the program, which takes the write lock before it reads. */
async function inTransaction(work: () => Promise<void>): Promise<void> {
  database.exec('BEGIN IMMEDIATE')
  try {
    await work()
    database.exec('COMMIT')
  } catch (error) {
    database.exec('ROLLBACK')
    throw error
  }
}

async function report(when: string): Promise<void> {
  const rows = database.prepare("SELECT name || ' ' || address AS line FROM server").all()
  const servers = rows.map(({ line }) => String(line))
  const { items } = await ipam.allocations.list(subnetId)
  const addresses = items.map(({ address }) => address)
  console.log(when)
  console.log(`  servers:   ${servers.join(', ') || 'none'}`)
  console.log(`  addresses: ${addresses.join(', ') || 'none'}`)
}

try {
  await inTransaction(async () => {
    await addServer('web-1')
    await addServer('web-2')
    throw new Error('the power supply is missing')
  }).catch((error: Error) => console.log(`rolled back: ${error.message}`))
  await report('after the rollback')

  await inTransaction(async () => {
    await addServer('web-1')
    await addServer('web-2')
  })
  await report('after the commit')
} finally {
  database.close()
  await ipam.close()
  rmSync(folder, { recursive: true })
}
