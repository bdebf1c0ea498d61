import { IpamError } from '../errors.ts'
import {
  deleteAllocationsOf,
  hasHeldAddresses,
  listAllocationsAfter,
} from '../store/sql/allocation-queries.ts'
import { toAllocation } from '../store/sql/row-mapping.ts'
import type { Session } from '../store/store.ts'
import { eventState } from './address-recording.ts'
import { endDue } from './allocation-ending.ts'
import type { OperationContext } from './context.ts'
import { recordChanges } from './event-recording.ts'
import type { SubnetLayout } from './subnet-layout.ts'

const rowsAtOnce = 1000

/**
 * Empties a subnet that is about to be deleted and is locked. Cooling addresses are held by nobody and never in the way.
 * Linear in the addresses held.
 * @throws IpamError SUBNET_IN_USE when addresses are held and `cascade` is false.
 */
export async function releaseAll(
  context: OperationContext,
  session: Session,
  layout: SubnetLayout,
  cascade: boolean,
): Promise<void> {
  if (!cascade) await refuseHeld(context, session, layout)
  let after: Uint8Array | null = null
  for (;;) {
    const rows = await listAllocationsAfter(session, layout.key, after, rowsAtOnce)
    await recordChanges(
      context,
      session,
      rows.map((row) => ({
        action: row.state === 0 ? 'released' : 'freed',
        recordKind: 'allocation',
        recordId: null,
        subnetKey: layout.key,
        address: row.address,
        before: eventState(toAllocation(row, layout)),
        projectId: row.project_id,
      })),
    )
    const last = rows.at(-1)
    if (last === undefined || rows.length < rowsAtOnce) break
    after = last.address
  }
  await deleteAllocationsOf(session, layout.key)
}

async function refuseHeld(
  context: OperationContext,
  session: Session,
  layout: SubnetLayout,
): Promise<void> {
  // A lease that is over holds nothing, though nobody may have swept it up yet.
  while ((await endDue(context, session, layout)) > 0);
  if (await hasHeldAddresses(session, layout.key))
    throw new IpamError('SUBNET_IN_USE', 'Addresses of the subnet are held.', {
      fix: 'Release them first, or ask for them to be released with it (cascade).',
    })
}
