import { insertRows, type Session } from '../store.ts'

/** A value that belongs to the database rather than to a process, or undefined. One key probe. */
export async function findSetting(session: Session, name: string): Promise<string | undefined> {
  const row = await session.get<{ value: string }>('SELECT value FROM setting WHERE name = ?', [
    name,
  ])
  return row?.value
}

/** The values whose names begin like this, without `%` and `_`, by name. The table has few rows. */
export async function listSettings(session: Session, beginning: string): Promise<string[]> {
  const rows = await session.all<{ value: string }>(
    'SELECT value FROM setting WHERE name LIKE ? ORDER BY name',
    [`${beginning}%`],
  )
  return rows.map(({ value }) => value)
}

/** Stores the value unless there is one already; the first writer's value stays. */
export async function insertSetting(session: Session, name: string, value: string): Promise<void> {
  const shape = session.capabilities.insertUnlessPresent('setting', ['name', 'value'], ['name'])
  await session.run(insertRows(shape, 2, 1), [name, value])
}
