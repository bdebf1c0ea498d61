import type { IpAddress } from '@freehold/address'
import { checkHolder } from '../model/allocation.ts'
import type { PlannedAllocation } from '../model/plan.ts'
import { checkLabels } from '../model/record.ts'
import { parseTime } from '../model/time-input.ts'
import { coolAllocation, findAllocation } from '../store/sql/allocation-queries.ts'
import { type AllocationRow, toAllocation, toHolder } from '../store/sql/row-mapping.ts'
import { holdSubnet } from '../store/sql/subnet-queries.ts'
import type { Session } from '../store/store.ts'
import { coolInPage } from './address-page-operations.ts'
import { eventState } from './address-recording.ts'
import type { OperationContext } from './context.ts'
import { recordChanges } from './event-recording.ts'
import { takeSpecific } from './specific-address.ts'
import type { SubnetLayout } from './subnet-layout.ts'
import { subnetNotFound } from './subnet-operations.ts'

/** One allocation of a plan: `exists` when the same holder has the address in the same state already. */
export async function applyPlannedAllocation(
  context: OperationContext & { joined: Session | null },
  subnetId: string,
  address: IpAddress,
  entry: PlannedAllocation,
): Promise<'create' | 'exists'> {
  const session = context.joined
  if (session === null) throw new Error('a plan is applied inside its own transaction')
  const subnet = await holdSubnet(session, subnetId)
  if (subnet === undefined) throw subnetNotFound('/subnet')
  const layout = context.layouts.layoutOf(subnet)
  const holder = checkHolder(entry.holder)
  const dueAt =
    entry.expiresAt === undefined || entry.expiresAt === null
      ? null
      : parseTime(entry.expiresAt, '/expiresAt')
  const found = layout.prefix.contains(address)
    ? await findAllocation(session, layout.key, address.toBytes())
    : undefined
  if (found !== undefined && isSame(found, entry, holder)) return 'exists'
  const cooling = entry.state === 'cooling'
  await session.savepoint(async () => {
    const attributes = {
      holder,
      labels: checkLabels(entry.labels),
      dueAt: cooling ? null : dueAt,
      mayBeGateway: holder?.kind === 'gateway',
    }
    await takeSpecific(context, session, layout, address, attributes, 'refuse')
    if (cooling) await cool(context, session, layout, address, dueAt ?? context.clock())
  })
  return 'create'
}

async function cool(
  context: OperationContext,
  session: Session,
  layout: SubnetLayout,
  address: IpAddress,
  dueAt: number,
): Promise<void> {
  const row = (await findAllocation(session, layout.key, address.toBytes())) as AllocationRow
  await coolInPage(session, layout, row.address)
  await coolAllocation(session, row, dueAt)
  await recordChanges(context, session, [
    {
      action: 'released',
      recordKind: 'allocation',
      recordId: null,
      subnetKey: layout.key,
      address: row.address,
      before: eventState(toAllocation(row, layout)),
      after: eventState(toAllocation({ ...row, state: 1, due_at: dueAt }, layout)),
    },
  ])
}

function isSame(
  row: AllocationRow,
  entry: PlannedAllocation,
  holder: ReturnType<typeof checkHolder>,
): boolean {
  const state = row.state === 1 ? 'cooling' : 'allocated'
  return (
    state === (entry.state ?? 'allocated') &&
    JSON.stringify(toHolder(row)) === JSON.stringify(holder)
  )
}
