import { join } from 'node:path'
import { backup, DatabaseSync } from 'node:sqlite'
import { temporaryDirectory } from '@freehold/test-support'
import { describe, expect, it } from 'vitest'
import { openIpam } from '../src/ipam.ts'
import { sqliteStore } from '../src/store/sqlite/sqlite-store.ts'

const change = "UPDATE setting SET value = 'changed' WHERE name = 'cursor-key'"

const ways: Record<string, (other: DatabaseSync, path: string, folder: string) => unknown> = {
  'a change': (other) => other.exec(change),
  'a change of an attached file': (_, path) => {
    using outside = new DatabaseSync(':memory:')
    outside.exec(`ATTACH '${path}' AS attached; ${change.replace('setting', 'attached.setting')}`)
  },
  'a change of the schema': (other) => other.exec('CREATE TABLE another (id INTEGER)'),
  VACUUM: (other) => other.exec('VACUUM'),
  'a backup that is put back while the file is in use': async (other, path, folder) => {
    const copy = join(folder, 'copy.sqlite')
    await backup(other, copy)
    using restored = new DatabaseSync(copy)
    restored.exec(change)
    await backup(restored, path)
  },
}

describe('what a process knows of a SQLite file', () => {
  it.each(Object.entries(ways))('ends with %s by others', async (_, write) => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'db.sqlite')
    const store = sqliteStore({ path })
    const ipam = await openIpam(store)
    const keepsEra = {}
    const era = () =>
      store.transaction(async (session) => session.era, {
        access: 'write',
        keepsEra,
        deadline: performance.now() + 60_000,
      })
    await era()
    using other = new DatabaseSync(path, { timeout: 60_000 })
    const before = await era()
    other.prepare('SELECT * FROM setting').all()
    other.exec(`BEGIN IMMEDIATE; ${change}; ROLLBACK`)
    expect(await era()).toBe(before)
    await write(other, path, directory.path)
    expect(await era()).not.toBe(before)
    await ipam.close()
  })
})
