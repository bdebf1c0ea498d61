import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { readIdempotencyKey } from '../src/idempotency.ts'
import { createFirstToken, hasToken } from '../src/identity/token-records.ts'
import { openStore } from './app-fixture.ts'

test('the first token is made once, by a key that no request can use up before', async () => {
  const store = await openStore()
  const made = await Promise.all([createFirstToken(store.ipam), createFirstToken(store.ipam)])
  expect(made.filter((secret) => secret !== undefined)).toHaveLength(1)
  expect(await createFirstToken(store.ipam)).toBe(undefined)
  expect(await hasToken(store.ipam, 'admin')).toBe(true)
  const database = new DatabaseSync(store.path, { readOnly: true })
  const rows = database.prepare('SELECT idempotency_key AS name FROM idempotency').all()
  database.close()
  expect(rows).toHaveLength(1)
  // A header arrives as one character for each byte.
  const sent = Buffer.from(String(rows[0]?.['name'])).toString('latin1')
  expect(() => readIdempotencyKey(sent)).toThrow('printable ASCII')
  await store.close()
})
