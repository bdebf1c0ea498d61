import { insertRows, type Session } from '../store.ts'
import { isCertified } from './page-claim-queries.ts'

/** Of those who share a document on several nodes at once, one in so many meets another one and runs again. */
export const claimParts = 16

/**
 * Makes the lock of a document's row hold between the nodes of a Galera cluster, where a lock is one node's own and only keys
 * that both have written tell two transactions apart: who shares the document makes the row of one part and deletes it; who
 * has it alone, the rows of all parts. Constant cost.
 */
export async function claimDocument(
  session: Session,
  documentKey: number,
  part: number | 'all',
): Promise<void> {
  if (!(await isCertified(session))) return
  const parts = part === 'all' ? Array.from({ length: claimParts }, (_, each) => each) : [part]
  const names = parts.map((each) => `held-document-${documentKey}-${each}`)
  // Who waits here for another one's row to be gone must not share a lock on it with a third.
  const shape = session.capabilities.insertUnlessPresent('setting', ['name', 'value'], ['name'])
  await session.run(
    insertRows(shape, 2, names.length),
    names.flatMap((name) => [name, '']),
  )
  const listed = names.map(() => '?').join(', ')
  await session.run(`DELETE FROM setting WHERE name IN (${listed})`, names)
}
