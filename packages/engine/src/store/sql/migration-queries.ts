import type { Session } from '../store.ts'

/** The newest step of the schema that was applied. Reads the few rows that there are. */
export async function findSchemaVersion(session: Session): Promise<number> {
  const row = await session.get<{ version: number }>(
    'SELECT max(version) AS version FROM migration',
  )
  return row?.version ?? 0
}
