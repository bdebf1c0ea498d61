import { pageOf } from '../allocators/page-layout.ts'
import { findPage, listPages } from '../store/sql/address-page-queries.ts'
import { claimPages, isCertified } from '../store/sql/page-claim-queries.ts'
import type { Session } from '../store/store.ts'
import type { SubnetLayout } from './subnet-layout.ts'

// On Galera the lock of a subnet's row is one node's own, and a transaction on another node is told apart only by a key
// that both have written. An allocation writes its page; so a change of the subnet writes the pages that it concerns. See
// decision 12.

/**
 * Lets no allocation on another node draw from, or count by, allocation pools that these replace. Linear in the pages
 * whose pools differ and in those of the subnet, at most 24,576 for a /64; nothing where nobody writes on another node.
 */
export async function claimChangedPages(
  session: Session,
  before: SubnetLayout,
  after: SubnetLayout,
): Promise<void> {
  if (!(await isCertified(session))) return
  const changed = new Set<number>()
  for (const { space } of [before, after])
    for (const page of space.pages()) if (differsIn(page, before, after)) changed.add(page)
  // Those that have rows are written anyhow.
  for (const { page } of await listPages(session, after.key)) changed.delete(page)
  await claimPages(
    session,
    after.key,
    [],
    [...changed].sort((a, b) => a - b),
  )
}

/** Lets nobody on another node allocate this address by name meanwhile, or count it by other pools. Constant cost. */
export async function claimPageOf(
  session: Session,
  layout: SubnetLayout,
  offset: bigint,
): Promise<void> {
  if (!(await isCertified(session))) return
  const page = pageOf(offset)
  const present = await findPage(session, layout.key, page)
  if (present === undefined) await claimPages(session, layout.key, [], [page])
  else await claimPages(session, layout.key, [present], [])
}

function differsIn(page: number, before: SubnetLayout, after: SubnetLayout): boolean {
  const [old, now] = [before.space.inPage(page), after.space.inPage(page)]
  return (
    old.length !== now.length ||
    old.some(({ first, last }, index) => first !== now[index]?.first || last !== now[index]?.last)
  )
}
