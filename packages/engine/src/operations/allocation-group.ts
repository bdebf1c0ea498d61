import type { IpAddress } from '@freehold/address'
import { pageBounds, pageOf } from '../allocators/page-layout.ts'
import { isIpamError } from '../errors.ts'
import type { Allocation } from '../model/allocation.ts'
import { canSee } from '../model/caller.ts'
import { addToPages, type PageChange } from '../store/sql/address-page-queries.ts'
import {
  deleteHeldAllocations,
  findAllocations,
  holdSubnets,
  type PageDecrease,
  takeFromPages,
} from '../store/sql/allocation-group-queries.ts'
import { hexOf, insertAllocations } from '../store/sql/allocation-queries.ts'
import { insertEvents } from '../store/sql/event-queries.ts'
import { type AllocationRow, toAllocation } from '../store/sql/row-mapping.ts'
import type { Session } from '../store/store.ts'
import { storedCapacity } from './address-page-operations.ts'
import { findRandomUpTo } from './address-placement.ts'
import { eventState, newRow } from './address-recording.ts'
import type { GroupAnswer } from './coalescer.ts'
import type {
  GroupedAllocation,
  GroupedRelease,
  GroupedRequest,
  OperationContext,
} from './context.ts'
import { type Change, toEventRow } from './event-recording.ts'
import { lostRace } from './lost-race.ts'
import { checkSpecific } from './specific-address.ts'
import { bytesAt, offsetOfBytes, type SubnetLayout } from './subnet-layout.ts'
import { subnetNotFound } from './subnet-operations.ts'

type Answer = GroupAnswer<readonly Allocation[]>

interface Taken {
  readonly index: number
  readonly context: OperationContext
  readonly offset: bigint
  readonly row: AllocationRow
}

interface Ended {
  readonly index: number
  readonly context: OperationContext
  readonly row: AllocationRow
}

const searchStays = new Uint8Array(16).fill(0xff)

/**
 * Answers many requests in one transaction: everything is read and judged first, then pages, rows and events are each
 * written at once. A request that fails has therefore changed nothing. What needs more than that (a full subnet, an
 * address that has a row already, a subnet whose addresses cool) is left to be run alone.
 */
export async function runAllocationGroup(
  session: Session,
  requests: readonly GroupedRequest[],
): Promise<readonly Answer[]> {
  const answers: Answer[] = requests.map(() => 'alone')
  const parts: SubnetPart[] = []
  for (const [layout, indexes] of await subnetsOf(session, requests, answers)) {
    const part = new SubnetPart(layout, requests, answers)
    await part.judge(session, indexes)
    parts.push(part)
  }
  await writePagesAndRows(session, parts)
  await writeEvents(session, parts)
  return answers
}

// In the order of all writers' locks: subnets and pages upwards, then rows. The events come after, because only then is
// known what other writers were faster at, and an event that is undone would hold up readers of the feed.
async function writePagesAndRows(session: Session, parts: readonly SubnetPart[]): Promise<void> {
  for (const part of parts) await part.writePages(session)
  for (const part of parts) await part.writeRows(session)
}

async function writeEvents(session: Session, parts: readonly SubnetPart[]): Promise<void> {
  const changes = parts.flatMap((part) => part.changes())
  if (changes.length > 0)
    await insertEvents(
      session,
      changes.map(([context, change]) => toEventRow(context, change)),
    )
}

/** The subnets asked for, held, in the order of their keys, each with the indexes of its requests. */
async function subnetsOf(
  session: Session,
  requests: readonly GroupedRequest[],
  answers: Answer[],
): Promise<Map<SubnetLayout, number[]>> {
  const rows = await holdSubnets(session, [...new Set(requests.map(({ subnetId }) => subnetId))])
  const byId = new Map(rows.map((row) => [row.id, row]))
  const found = new Map<SubnetLayout, number[]>()
  for (const row of rows) {
    const [first] = requests
    if (first !== undefined) found.set(first.context.layouts.layoutOf(row), [])
  }
  for (const [index, { context, subnetId }] of requests.entries()) {
    const row = byId.get(subnetId)
    const layout = row && context.layouts.layoutOf(row)
    if (layout === undefined || !canSee(context.caller, layout))
      answers[index] = { error: subnetNotFound() }
    else found.get(layout)?.push(index)
  }
  return found
}

/** The requests of one group that are for one subnet. */
class SubnetPart {
  readonly #layout: SubnetLayout
  readonly #requests: readonly GroupedRequest[]
  readonly #answers: Answer[]
  readonly #taken: Taken[] = []
  readonly #ended: Ended[] = []

  constructor(layout: SubnetLayout, requests: readonly GroupedRequest[], answers: Answer[]) {
    this.#layout = layout
    this.#requests = requests
    this.#answers = answers
  }

  /** Decides who gets, and who gives back, which address. */
  async judge(session: Session, indexes: readonly number[]): Promise<void> {
    const named = new Map<string, AllocationRow>()
    const addresses = indexes.flatMap((index) => this.#namedAddress(index)?.toBytes() ?? [])
    if (addresses.length > 0)
      for (const row of await findAllocations(session, this.#layout.key, addresses))
        named.set(hexOf(row.address), row)
    const claimed = new Set<bigint>()
    const anys: number[] = []
    for (const index of indexes) {
      const request = this.#requests[index] as GroupedRequest
      if (request.kind === 'release') this.#judgeRelease(index, request, named)
      else if (request.request.kind === 'specific')
        this.#judgeSpecific(index, request, request.request.address, named, claimed)
      else anys.push(index)
    }
    const [first] = anys
    if (first === undefined) return
    const { context } = this.#requests[first] as GroupedRequest
    const offsets = await findRandomUpTo(context, session, this.#layout, anys.length, claimed)
    for (const [order, offset] of offsets.entries()) this.#take(anys[order] as number, offset)
  }

  #namedAddress(index: number): IpAddress | undefined {
    const request = this.#requests[index] as GroupedRequest
    const address =
      request.kind === 'release'
        ? request.address
        : request.request.kind === 'specific'
          ? request.request.address
          : undefined
    return address !== undefined && this.#layout.prefix.contains(address) ? address : undefined
  }

  // A second release of an address in one group finds its row gone and is left to be refused alone.
  #judgeRelease(index: number, request: GroupedRelease, named: Map<string, AllocationRow>): void {
    const key = hexOf(request.address.toBytes())
    const row = named.get(key)
    const { context } = request
    if (row === undefined || row.state !== 0 || this.#layout.coolingSeconds > 0) return
    if (row.due_at !== null && row.due_at <= context.clock()) return
    if (
      !context.caller.isAdmin &&
      context.caller.projectId !== this.#layout.projectId &&
      context.caller.projectId !== row.project_id
    )
      return
    named.delete(key)
    this.#ended.push({ index, context, row })
  }

  #judgeSpecific(
    index: number,
    request: GroupedAllocation,
    address: IpAddress,
    named: ReadonlyMap<string, AllocationRow>,
    claimed: Set<bigint>,
  ): void {
    try {
      checkSpecific(request.context, this.#layout, address, request.attributes)
    } catch (error) {
      if (!isIpamError(error)) throw error
      this.#answers[index] = { error }
      return
    }
    const offset = address.value - this.#layout.base
    const isReleased = this.#ended.some(
      ({ row }) => offsetOfBytes(this.#layout, row.address) === offset,
    )
    if (named.has(hexOf(address.toBytes())) || claimed.has(offset) || isReleased) return
    claimed.add(offset)
    this.#take(index, offset)
  }

  #take(index: number, offset: bigint): void {
    const { context, attributes } = this.#requests[index] as GroupedAllocation
    const row = newRow(
      context,
      this.#layout,
      bytesAt(this.#layout, offset),
      attributes,
      context.clock(),
    )
    this.#taken.push({ index, context, offset, row })
  }

  /** Counts everything, and so locks the pages: all of them upwards, also those that only lose rows. */
  async writePages(session: Session): Promise<void> {
    const increases = new Map<number, PageChange>()
    const increase = (offset: bigint, used: number, outside: number) => {
      const page = pageOf(offset)
      const before = increases.get(page)
      increases.set(page, {
        page,
        capacity: before?.capacity ?? storedCapacity(this.#layout, page),
        low: before?.low ?? bytesAt(this.#layout, pageBounds(page).first),
        used: (before?.used ?? 0) + used,
        outside: (before?.outside ?? 0) + outside,
      })
    }
    for (const { offset } of this.#taken) {
      const inPool = this.#layout.space.contains(offset)
      increase(offset, inPool ? 1 : 0, inPool ? 0 : 1)
    }
    if (increases.size > 0) {
      for (const { row } of this.#ended) increase(offsetOfBytes(this.#layout, row.address), 0, 0)
      await addToPages(session, this.#layout.key, [...increases.values()])
    }
    await this.#decreasePages(
      session,
      this.#ended.map(({ row }) => row.address),
      true,
    )
  }

  async #decreasePages(
    session: Session,
    addresses: readonly Uint8Array[],
    areFreed: boolean,
  ): Promise<void> {
    const decreases = new Map<number, PageDecrease>()
    for (const address of addresses) {
      const offset = offsetOfBytes(this.#layout, address)
      const page = pageOf(offset)
      const inPool = this.#layout.space.contains(offset)
      const before = decreases.get(page) ?? { used: 0, outside: 0, freed: searchStays }
      decreases.set(page, {
        page,
        used: before.used + (inPool ? 1 : 0),
        outside: before.outside + (inPool ? 0 : 1),
        freed: areFreed && Buffer.compare(address, before.freed) < 0 ? address : before.freed,
      })
    }
    if (decreases.size > 0) await takeFromPages(session, this.#layout.key, [...decreases.values()])
  }

  /** Writes and deletes the rows under the pages' locks, and answers. */
  async writeRows(session: Session): Promise<void> {
    await this.#insertRows(session)
    await this.#deleteRows(session)
  }

  async #insertRows(session: Session): Promise<void> {
    if (this.#taken.length === 0) return
    const inserted = await insertAllocations(
      session,
      this.#taken.map(({ row }) => row),
    )
    const lost: Uint8Array[] = []
    for (const { index, row } of this.#taken)
      if (inserted.has(hexOf(row.address)))
        this.#answers[index] = { result: [toAllocation(row, this.#layout)] }
      else {
        lost.push(row.address)
        this.#answers[index] = 'again'
      }
    await this.#decreasePages(session, lost, false)
  }

  async #deleteRows(session: Session): Promise<void> {
    if (this.#ended.length === 0) return
    const rows = this.#ended.map(({ row }) => row)
    const deleted = await deleteHeldAllocations(session, this.#layout.key, rows)
    if (deleted !== rows.length) throw lostRace()
    for (const { index } of this.#ended) this.#answers[index] = { result: [] }
  }

  /** What there is to record, of all that has not been lost to another writer. */
  changes(): [OperationContext, Change][] {
    const changes: [OperationContext, Change][] = []
    for (const { index, context, row } of this.#taken) {
      if (this.#answers[index] === 'again') continue
      const after = eventState(toAllocation(row, this.#layout))
      changes.push([context, this.#change('allocated', row, { after })])
    }
    for (const { context, row } of this.#ended) {
      const before = eventState(toAllocation(row, this.#layout))
      const projectId = row.project_id
      changes.push([context, this.#change('released', row, { before, projectId })])
    }
    return changes
  }

  #change(
    action: 'allocated' | 'released',
    row: AllocationRow,
    states: Pick<Change, 'before' | 'after' | 'projectId'>,
  ): Change {
    return {
      action,
      recordKind: 'allocation',
      recordId: null,
      subnetKey: this.#layout.key,
      address: row.address,
      ...states,
    }
  }
}
