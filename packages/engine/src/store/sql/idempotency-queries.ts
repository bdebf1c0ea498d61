import { insertRows, type Session } from '../store.ts'

export interface IdempotencyRow {
  fingerprint: string
  result: string
  expires_at: number
}

/** One key probe. */
export async function findIdempotencyKey(
  session: Session,
  projectId: string,
  key: string,
): Promise<IdempotencyRow | undefined> {
  return session.get(
    'SELECT fingerprint, result, expires_at FROM idempotency WHERE project_id = ? AND idempotency_key = ?',
    [projectId, key],
  )
}

/** Fails on the table's key when a request with the same key was faster. */
export async function insertIdempotencyKey(
  session: Session,
  projectId: string,
  key: string,
  row: IdempotencyRow,
): Promise<void> {
  const names = ['project_id', 'idempotency_key', 'fingerprint', 'result', 'expires_at']
  const shape = { head: `INSERT INTO idempotency (${names.join(', ')}) VALUES`, tail: '' }
  await session.run(insertRows(shape, names.length, 1), [
    projectId,
    key,
    row.fingerprint,
    row.result,
    row.expires_at,
  ])
}

export async function deleteIdempotencyKey(
  session: Session,
  projectId: string,
  key: string,
): Promise<void> {
  await session.run('DELETE FROM idempotency WHERE project_id = ? AND idempotency_key = ?', [
    projectId,
    key,
  ])
}

/** Forgets keys that have had their time. */
export async function deleteExpiredIdempotencyKeys(session: Session, now: number): Promise<number> {
  return session.run('DELETE FROM idempotency WHERE expires_at <= ?', [now])
}
