import { type IpAddress, isReservedAddress } from '@freehold/address'
import { IpamError } from '../errors.ts'
import type { Allocation, AllocationAttributeValues } from '../model/allocation.ts'
import { canChange } from '../model/caller.ts'
import { findAllocation } from '../store/sql/allocation-queries.ts'
import { type AllocationRow, toAllocation, toHolder } from '../store/sql/row-mapping.ts'
import type { Session } from '../store/store.ts'
import { recordAllocations } from './address-recording.ts'
import { endForSuccessor } from './allocation-ending.ts'
import type { OperationContext } from './context.ts'
import type { SubnetLayout } from './subnet-layout.ts'

/**
 * Allocates one named address. It must be inside the subnet and assignable, but need not be in an allocation pool. A
 * cooling address goes back to the project that gave it up, and to nobody else before its time.
 *
 * The gateway's address is for a holder of kind `gateway`, or one that says it may have it. With `same-holder-again` an
 * address that the same holder has already is its answer: two parties may derive the same EUI-64 address for one
 * interface.
 * @throws IpamError ADDRESS_OUTSIDE_SUBNET, ADDRESS_NOT_ASSIGNABLE, ADDRESS_RESERVED, ADDRESS_IN_USE, IP_VERSION_MISMATCH.
 */
export async function takeSpecific(
  context: OperationContext,
  session: Session,
  layout: SubnetLayout,
  address: IpAddress,
  attributes: AllocationAttributeValues,
  whenHeld: 'refuse' | 'same-holder-again',
): Promise<readonly Allocation[]> {
  checkSpecific(context, layout, address, attributes)
  const offset = address.value - layout.base
  const row = await findAllocation(session, layout.key, address.toBytes())
  if (row !== undefined) {
    if (whenHeld === 'same-holder-again' && heldBySame(context, row, attributes))
      return [toAllocation(row, layout)]
    if (!isFreeFor(context, layout, row)) throw inUse(address)
    await endForSuccessor(context, session, layout, row)
  }
  return recordAllocations(context, session, layout, [offset], attributes)
}

/** Throws what `takeSpecific` throws of an address whatever its row says. */
export function checkSpecific(
  context: OperationContext,
  layout: SubnetLayout,
  address: IpAddress,
  attributes: AllocationAttributeValues,
): void {
  checkPlace(layout, address, attributes)
  checkAllowed(context, layout, address)
}

function checkPlace(
  layout: SubnetLayout,
  address: IpAddress,
  attributes: AllocationAttributeValues,
): void {
  const pointer = '/request/address'
  if (address.version !== layout.version)
    throw new IpamError(
      'IP_VERSION_MISMATCH',
      `${address} is IPv${address.version}; the subnet is IPv${layout.version}.`,
      { pointer, fix: `Ask for an IPv${layout.version} address, or ask another subnet.` },
    )
  if (!layout.prefix.contains(address))
    throw new IpamError('ADDRESS_OUTSIDE_SUBNET', `${address} is not inside ${layout.prefix}.`, {
      pointer,
      fix: 'Name the subnet that holds it, or ask for an address of this one.',
    })
  const isGateway = address.value - layout.base === layout.gateway
  if (isGateway && attributes.mayBeGateway) return
  if (isReservedAddress(layout.prefix, address))
    throw new IpamError(
      'ADDRESS_NOT_ASSIGNABLE',
      layout.version === 4
        ? `${address} is the network or broadcast address of ${layout.prefix}.`
        : `${address} is the subnet-router anycast address of ${layout.prefix}.`,
      { pointer, fix: 'Ask for another address.' },
    )
  if (isGateway)
    throw new IpamError('ADDRESS_RESERVED', `${address} is kept for the gateway.`, {
      pointer,
      fix: 'Give a holder of kind gateway, or take the gateway from the subnet.',
    })
}

// On another project's shared subnet the pools are all that was shared: the addresses outside, and the gateway's, are its
// owner's to give (Neutron leaves choosing an address to the network's owner).
function checkAllowed(context: OperationContext, layout: SubnetLayout, address: IpAddress): void {
  if (canChange(context.caller, layout)) return
  if (!layout.space.contains(address.value - layout.base))
    throw new IpamError(
      'ADDRESS_NOT_ASSIGNABLE',
      `${address} is outside the allocation pools; only the subnet's owner may allocate it.`,
      { pointer: '/request/address', fix: 'Ask for an address of the allocation pools.' },
    )
}

function heldBySame(
  context: OperationContext,
  row: AllocationRow,
  attributes: AllocationAttributeValues,
): boolean {
  const holder = toHolder(row)
  return (
    row.state === 0 &&
    !isDue(context, row) &&
    row.project_id === context.caller.projectId &&
    holder !== null &&
    attributes.holder !== null &&
    holder.kind === attributes.holder.kind &&
    holder.id === attributes.holder.id
  )
}

// A lease that is over is followed by the cooling time as if it had been swept up at once.
function isFreeFor(context: OperationContext, layout: SubnetLayout, row: AllocationRow): boolean {
  if (row.state === 0 && !isDue(context, row)) return false
  if (row.project_id === context.caller.projectId) return true
  return isDue(context, row, row.state === 0 ? layout.coolingSeconds * 1000 : 0)
}

function isDue(context: OperationContext, row: AllocationRow, laterMs = 0): boolean {
  return row.due_at !== null && row.due_at + laterMs <= context.clock()
}

function inUse(address: IpAddress): IpamError {
  return new IpamError('ADDRESS_IN_USE', `${address} is already held.`, {
    pointer: '/request/address',
    fix: 'Ask for another address.',
  })
}
