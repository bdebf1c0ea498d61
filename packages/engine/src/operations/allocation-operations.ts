import { IpAddress } from '@freehold/address'
import { IpamError, isIpamError } from '../errors.ts'
import { parseAddress } from '../model/address-input.ts'
import {
  type AddressRequest,
  type AddressRequestInput,
  addressRequest,
  eui64In,
} from '../model/address-request.ts'
import {
  type Allocation,
  type AllocationAttributes,
  type AllocationAttributeValues,
  checkHolder,
  maxTtlSeconds,
} from '../model/allocation.ts'
import { type Caller, canSee } from '../model/caller.ts'
import type { AllocationFilter, ListOptions, Page } from '../model/list.ts'
import { checkInteger, checkLabels, checkLength, invalidField } from '../model/record.ts'
import {
  findAllocation,
  listAllocationsOfHolders,
  selectAllocation,
} from '../store/sql/allocation-queries.ts'
import { ListQuery } from '../store/sql/list-query.ts'
import { type AllocationRow, toAllocation } from '../store/sql/row-mapping.ts'
import {
  findSubnetCore,
  findSubnetCoreByKey,
  holdSubnet,
  type SubnetCore,
} from '../store/sql/subnet-queries.ts'
import type { Session } from '../store/store.ts'
import { findNext, findRandom } from './address-placement.ts'
import { recordAllocations } from './address-recording.ts'
import { endAllocation, endDue } from './allocation-ending.ts'
import type { GroupedRequest, MutationOptions, OperationContext } from './context.ts'
import { listRows } from './record-list.ts'
import { takeSpecific } from './specific-address.ts'
import type { SubnetLayout } from './subnet-layout.ts'
import { subnetNotFound } from './subnet-operations.ts'
import { letIn, read, write } from './transaction.ts'

const maxSubnets = 100
const maxHolders = 1000

/**
 * Allocates from the first of the subnets that has room; all addresses come from one subnet. Always a list: one address,
 * or `count` for a bulk request.
 *
 * Cost: constant in the addresses held, in the size of the subnet and in how full it is, but for one read of the pages
 * with room when nearly everything is taken; linear in the addresses asked for.
 * @throws IpamError SUBNET_NOT_FOUND, SUBNET_EXHAUSTED, ALL_SUBNETS_EXHAUSTED, ADDRESS_IN_USE, ADDRESS_RESERVED,
 *   ADDRESS_OUTSIDE_SUBNET, ADDRESS_NOT_ASSIGNABLE, IP_VERSION_MISMATCH, EUI64_NOT_POSSIBLE, COUNT_OUT_OF_BOUNDS and the
 *   codes of malformed input.
 */
export async function allocate(
  context: OperationContext,
  subnetIds: readonly string[],
  requestInput: AddressRequestInput,
  attributesInput: AllocationAttributes,
  options: MutationOptions,
): Promise<readonly Allocation[]> {
  const request = addressRequest(requestInput, context.limits.maxBulkCount)
  const attributes = checkAttributes(context, attributesInput)
  if (subnetIds.length < 1 || subnetIds.length > maxSubnets)
    throw invalidField('/subnetIds', `must name 1 to ${maxSubnets} subnets`)
  if (new Set(subnetIds).size !== subnetIds.length)
    throw new IpamError('DUPLICATE_IN_REQUEST', 'A subnet is named twice.', {
      pointer: '/subnetIds',
      fix: 'Name each subnet once.',
    })
  const input = { subnetIds, request: requestInput, attributes: attributesInput }
  const alone = (own: OperationContext) =>
    write(own, 'allocate', input, options, (session) =>
      allocateFromFirst(own, session, subnetIds, request, attributes),
    )
  const [subnetId] = subnetIds
  const isForOne = subnetIds.length === 1 && subnetId !== undefined
  if (!isForOne || (request.kind !== 'any' && request.kind !== 'specific')) return alone(context)
  return inGroup(
    context,
    options,
    { kind: 'allocate', context, subnetId, request, attributes },
    alone,
  )
}

/**
 * Gives an address back: it is free at once, or cools for as long as its subnet says.
 * @throws IpamError SUBNET_NOT_FOUND, ALLOCATION_NOT_FOUND (also for an address that another project holds).
 */
export async function release(
  context: OperationContext,
  subnetId: string,
  address: string,
  options: MutationOptions,
): Promise<void> {
  const parsed = parseAddress(address, '/address')
  const alone = (own: OperationContext) =>
    write(own, 'release', { subnetId, address }, options, async (session) => {
      const layout = await heldLayout(own, session, subnetId)
      const row = await heldRow(own, session, layout, parsed)
      await endAllocation(own, session, layout, row, 'released')
      return []
    })
  await inGroup(context, options, { kind: 'release', context, subnetId, address: parsed }, alone)
}

// In the caller's own transaction, or when the answer has to be stored with it, a request has a transaction to itself.
function inGroup(
  context: OperationContext,
  options: MutationOptions,
  request: GroupedRequest,
  alone: (context: OperationContext) => Promise<readonly Allocation[]>,
): Promise<readonly Allocation[]> {
  if (context.joined !== null || options.idempotencyKey !== undefined) return alone(context)
  const deadline = performance.now() + context.deadlineMs
  return context.waiting.during(() =>
    context.coalescer.submit({
      request,
      deadline,
      signal: options.signal,
      turn: [context.caller.projectId, request.subnetId],
      alone: () => alone(letIn(context, deadline)),
    }),
  )
}

export async function getAllocation(
  context: OperationContext,
  subnetId: string,
  address: string,
): Promise<Allocation> {
  const parsed = parseAddress(address, '/address')
  return read(context, async (session) => {
    const layout = await visibleLayout(context, session, subnetId)
    if (!layout.prefix.contains(parsed)) throw allocationNotFound(parsed)
    const row = await findAllocation(session, layout.key, parsed.toBytes())
    if (row === undefined || !seesAllocation(context.caller, layout, row))
      throw allocationNotFound(parsed)
    return toAllocation(row, layout)
  })
}

/** In address order. A page costs its own length. On a shared subnet only the caller's own, unless it is the owner. */
export async function listAllocations(
  context: OperationContext,
  subnetId: string,
  filter: AllocationFilter,
  options: ListOptions,
): Promise<Page<Allocation>> {
  return read(context, async (session) => {
    const layout = await visibleLayout(context, session, subnetId)
    const query = new ListQuery(session.capabilities)
      .where('subnet_key = ?', layout.key)
      .whereEqual('holder_kind', filter.holderKind)
      .whereEqual('holder_id', filter.holderId)
      .whereEqual('project_id', filter.projectId)
      .whereEqual(
        'state',
        filter.state === undefined ? undefined : filter.state === 'cooling' ? 1 : 0,
      )
      .whereLabels('labels', filter.labels)
    if (!ownsSubnet(context.caller, layout)) query.where('project_id = ?', context.caller.projectId)
    const page = await listRows<AllocationRow>(
      context,
      session,
      {
        name: `allocations of ${subnetId}`,
        filter,
        select: selectAllocation,
        query,
        sortColumns: { address: 'address' },
        keyColumn: 'address',
      },
      options,
    )
    return {
      items: page.items.map((row) => toAllocation(row, layout)),
      nextCursor: page.nextCursor,
    }
  })
}

/**
 * Everything that a holder, or each of several (at most 1,000), holds in all subnets that the caller may see. Ordered by
 * subnet, then by address. Linear in what they hold.
 */
export async function listAllocationsByHolder(
  context: OperationContext,
  holderKind: string,
  holderIds: readonly string[],
): Promise<readonly Allocation[]> {
  checkLength(holderIds.length, '/holderIds', 0, maxHolders)
  return read(context, async (session) => {
    const found: Allocation[] = []
    const subnets = new Map<number, SubnetCore | undefined>()
    for (const row of await listAllocationsOfHolders(session, holderKind, holderIds)) {
      if (!subnets.has(row.subnet_key))
        subnets.set(row.subnet_key, await findSubnetCoreByKey(session, row.subnet_key))
      const subnet = subnets.get(row.subnet_key)
      if (subnet === undefined) continue
      const layout = context.layouts.layoutOf(subnet)
      if (seesAllocation(context.caller, layout, row)) found.push(toAllocation(row, layout))
    }
    return found
  })
}

async function allocateFromFirst(
  context: OperationContext,
  session: Session,
  subnetIds: readonly string[],
  request: AddressRequest,
  attributes: AllocationAttributeValues,
): Promise<readonly Allocation[]> {
  if (subnetIds.length === 1) {
    const layout = await heldLayout(context, session, subnetIds[0] as string)
    return allocateIn(context, session, layout, request, attributes)
  }
  for (const [index, id] of subnetIds.entries()) {
    const layout = await heldLayout(context, session, id, `/subnetIds/${index}`)
    try {
      return await allocateIn(context, session, layout, request, attributes)
    } catch (error) {
      // Only a full subnet sends the request on (Neutron: the group goes on on a generation failure alone).
      if (!isIpamError(error, 'SUBNET_EXHAUSTED')) throw error
    }
  }
  throw new IpamError(
    'ALL_SUBNETS_EXHAUSTED',
    `None of the ${subnetIds.length} subnets has enough free addresses.`,
    {
      requested: countOf(request),
      fix: 'Name other subnets, or give addresses back that nobody needs.',
    },
  )
}

async function allocateIn(
  context: OperationContext,
  session: Session,
  layout: SubnetLayout,
  request: AddressRequest,
  attributes: AllocationAttributeValues,
): Promise<readonly Allocation[]> {
  switch (request.kind) {
    case 'specific':
      return takeSpecific(context, session, layout, request.address, attributes, 'refuse')
    case 'eui64':
      return takeSpecific(
        context,
        session,
        layout,
        eui64In(layout.prefix, request.mac),
        attributes,
        'same-holder-again',
      )
    default:
      return allocateFree(context, session, layout, request, attributes)
  }
}

async function allocateFree(
  context: OperationContext,
  session: Session,
  layout: SubnetLayout,
  request: AddressRequest,
  attributes: AllocationAttributeValues,
): Promise<readonly Allocation[]> {
  const count = countOf(request)
  const find = async (): Promise<bigint[] | null> => {
    if (request.kind !== 'next') return findRandom(context, session, layout, count)
    const lowest = await findNext(session, layout)
    return lowest === null ? null : [lowest]
  }
  // "Full" is only said when what is due was freed too. Another transaction may have freed it between this one's search and
  // its sweep, so the last search comes after a sweep that found nothing.
  for (let wasSwept = false; ; ) {
    const offsets = await find()
    if (offsets !== null) return recordAllocations(context, session, layout, offsets, attributes)
    if (wasSwept)
      throw new IpamError('SUBNET_EXHAUSTED', exhaustedMessage(layout, count), {
        requested: count,
        fix: 'Ask another subnet, widen the allocation pools, or give addresses back that nobody needs.',
      })
    wasSwept = (await endDue(context, session, layout)) === 0
  }
}

function exhaustedMessage(layout: SubnetLayout, count: number): string {
  return count === 1
    ? `No address is free in the allocation pools of ${layout.prefix}.`
    : `Fewer than ${count} addresses are free in the allocation pools of ${layout.prefix}.`
}

function countOf(request: AddressRequest): number {
  return request.kind === 'bulk' ? request.count : 1
}

function checkAttributes(
  context: OperationContext,
  attributes: AllocationAttributes,
): AllocationAttributeValues {
  const { ttlSeconds } = attributes
  return {
    holder: checkHolder(attributes.holder),
    labels: checkLabels(attributes.labels),
    dueAt:
      ttlSeconds === undefined
        ? null
        : context.clock() + checkInteger(ttlSeconds, '/ttlSeconds', 1, maxTtlSeconds) * 1000,
    mayBeGateway: attributes.mayBeGateway === true || attributes.holder?.kind === 'gateway',
  }
}

async function heldLayout(
  context: OperationContext,
  session: Session,
  subnetId: string,
  pointer?: string,
): Promise<SubnetLayout> {
  return layoutFor(context, await holdSubnet(session, subnetId), pointer)
}

async function visibleLayout(
  context: OperationContext,
  session: Session,
  subnetId: string,
): Promise<SubnetLayout> {
  return layoutFor(context, await findSubnetCore(session, subnetId))
}

function layoutFor(
  context: OperationContext,
  row: SubnetCore | undefined,
  pointer?: string,
): SubnetLayout {
  if (row === undefined) throw subnetNotFound(pointer)
  const layout = context.layouts.layoutOf(row)
  if (!canSee(context.caller, layout)) throw subnetNotFound(pointer)
  return layout
}

async function heldRow(
  context: OperationContext,
  session: Session,
  layout: SubnetLayout,
  address: IpAddress,
): Promise<AllocationRow> {
  if (!layout.prefix.contains(address)) throw allocationNotFound(address)
  const row = await findAllocation(session, layout.key, address.toBytes())
  if (row === undefined || row.state !== 0 || !seesAllocation(context.caller, layout, row))
    throw allocationNotFound(address)
  return row
}

function ownsSubnet(caller: Caller, layout: SubnetLayout): boolean {
  return caller.isAdmin || caller.projectId === layout.projectId
}

function seesAllocation(caller: Caller, layout: SubnetLayout, row: AllocationRow): boolean {
  return ownsSubnet(caller, layout) || row.project_id === caller.projectId
}

// The same of an address that another project holds, and that lies outside the subnet.
function allocationNotFound(address: IpAddress): IpamError {
  return new IpamError('ALLOCATION_NOT_FOUND', `${address} is not held in this subnet.`, {
    pointer: '/address',
    fix: 'Look the address up to see who holds it; if it was to be released, nothing is left to do.',
  })
}
