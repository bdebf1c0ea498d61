import { insertRows, type Session } from '../store.ts'
import { isCertified } from './page-claim-queries.ts'

// Of those who share a document on several nodes at once, one in so many meets another one and runs again.
const parts = 16

/**
 * Makes the lock of a document's row hold between the nodes of a Galera cluster, where a lock is one node's own and only keys
 * that both have written tell two transactions apart: who shares the document makes one of a few rows and deletes it, chosen at
 * random; who has it alone, all of them. Constant cost.
 */
export async function claimDocument(
  session: Session,
  documentKey: number,
  lock: 'share' | 'exclusive',
): Promise<void> {
  if (!(await isCertified(session))) return
  const chosen = Math.floor(Math.random() * parts)
  const names = Array.from({ length: parts }, (_, part) => `held-document-${documentKey}-${part}`)
  const claimed = lock === 'share' ? names.slice(chosen, chosen + 1) : names
  // Who waits here for another one's row to be gone must not share a lock on it with a third.
  const shape = session.capabilities.insertUnlessPresent('setting', ['name', 'value'], ['name'])
  await session.run(
    insertRows(shape, 2, claimed.length),
    claimed.flatMap((name) => [name, '']),
  )
  const listed = claimed.map(() => '?').join(', ')
  await session.run(`DELETE FROM setting WHERE name IN (${listed})`, claimed)
}
