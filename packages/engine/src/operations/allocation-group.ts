import type { IpAddress } from '@freehold/address'
import { isIpamError } from '../errors.ts'
import type { Allocation } from '../model/allocation.ts'
import { canSee } from '../model/caller.ts'
import { holdSubnets, writeGroup } from '../store/sql/allocation-group-queries.ts'
import { findAllocations } from '../store/sql/allocation-queries.ts'
import type { NewEvent } from '../store/sql/event-queries.ts'
import { type AllocationRow, toAllocation } from '../store/sql/row-mapping.ts'
import type { Session, Store } from '../store/store.ts'
import { PageChanges } from './address-page-operations.ts'
import { type BegunSearch, beginSearch, drawUnheld, findRandomUpTo } from './address-placement.ts'
import { allocatedEvent, eventState, newRow } from './address-recording.ts'
import { Coalescer, type GroupAnswer } from './coalescer.ts'
import type { GroupedAllocation, GroupedRelease, GroupedRequest } from './context.ts'
import { allocationEvent } from './event-recording.ts'
import { KnownSubnets } from './known-subnets.ts'
import { checkSpecific } from './specific-address.ts'
import { bytesAt, offsetOfBytes, type SubnetLayout } from './subnet-layout.ts'
import { subnetNotFound } from './subnet-operations.ts'
import { WriterShare } from './writer-share.ts'

type Answer = GroupAnswer<readonly Allocation[]>

interface Ended {
  readonly index: number
  readonly offset: bigint
  readonly row: AllocationRow
  readonly event: NewEvent
}

interface Taken extends Ended {
  readonly allocation: Allocation
}

/** Lets callers that ask for single addresses, or give them back, share transactions. */
export function allocationCoalescer(
  store: Store,
): Coalescer<GroupedRequest, readonly Allocation[]> {
  const known = new KnownSubnets()
  // SQLite has one writer at a time.
  if (store.capabilities.database === 'sqlite')
    return new Coalescer(
      store,
      { lanes: () => 1, readsFirst: true, keepsEra: known },
      (session, requests) => runAllocationGroup(session, requests, known),
    )
  const share = new WriterShare()
  const options = { lanes: () => share.lanes, readsFirst: true }
  return new Coalescer(store, options, async (session, requests) => {
    // Whoever is alone has no use for a second group.
    if (requests.length > 1) await share.look(session, performance.now())
    const answers = await runAllocationGroup(session, requests, known)
    share.add(answers.filter((answer) => typeof answer === 'object' && 'result' in answer).length)
    return answers
  })
}

/**
 * Answers many requests in one transaction: everything is read and judged first, then pages, rows and events are each
 * written at once. A request that fails has therefore changed nothing. What needs more than that (a full subnet, an
 * address that has a row already, a subnet whose addresses cool) is left to be run alone.
 */
async function runAllocationGroup(
  session: Session,
  requests: readonly GroupedRequest[],
  known: KnownSubnets,
): Promise<readonly Answer[]> {
  known.enter(session.era)
  const answers: Answer[] = requests.map(() => 'alone')
  const [subnets, begun] = await Promise.all([
    subnetsOf(session, requests, answers, known),
    earlySearches(session, requests, known),
  ])
  const parts: SubnetPart[] = []
  for (const [layout, indexes] of subnets) {
    const part = new SubnetPart(layout, requests, answers, known)
    await part.judge(session, indexes, begun.get(layout))
    parts.push(part)
  }
  await writeParts(session, parts, answers)
  return answers
}

// Asked for together with the subnets themselves, from what this process saw of them before: on a server that is one round
// trip instead of two. A subnet that changed has another layout by now, and what was found for the old one is not used.
async function earlySearches(
  session: Session,
  requests: readonly GroupedRequest[],
  known: KnownSubnets,
): Promise<Map<SubnetLayout, BegunSearch>> {
  const [first] = requests
  const wanted = new Map<SubnetLayout, number>()
  for (const request of requests) {
    if (request.kind !== 'allocate' || request.request.kind !== 'any') continue
    const layout = request.context.layouts.lastSeen(request.subnetId)
    // Work for a subnet that a caller may not see would take time by which it could be told from one that is not there.
    if (layout === undefined || !canSee(request.context.caller, layout)) continue
    if (known.heldIn(layout) === null) wanted.set(layout, (wanted.get(layout) ?? 0) + 1)
  }
  const begun = new Map<SubnetLayout, BegunSearch>()
  if (first === undefined) return begun
  await Promise.all(
    [...wanted].map(async ([layout, count]) => {
      begun.set(layout, await beginSearch(first.context, session, layout, count))
    }),
  )
  return begun
}

async function writeParts(
  session: Session,
  parts: readonly SubnetPart[],
  answers: Answer[],
): Promise<void> {
  const taken = parts.flatMap((part) => part.taken)
  const ended = parts.flatMap((part) => part.ended)
  if (taken.length + ended.length === 0) return
  const pages = new PageChanges()
  for (const part of parts) part.countInto(pages)
  await writeGroup(session, {
    pages: pages.all,
    taken: taken.map(({ row }) => row),
    ended: ended.map(({ row }) => row),
    events: [...taken, ...ended].map(({ event }) => event),
  })
  for (const { index, allocation } of taken) answers[index] = { result: [allocation] }
  for (const { index } of ended) answers[index] = { result: [] }
}

/** The subnets asked for, held, in the order of their keys, each with the indexes of its requests. */
async function subnetsOf(
  session: Session,
  requests: readonly GroupedRequest[],
  answers: Answer[],
  known: KnownSubnets,
): Promise<Map<SubnetLayout, number[]>> {
  const found = new Map<SubnetLayout, number[]>()
  const [first] = requests
  if (first === undefined) return found
  const unknown = new Set<string>()
  for (const { context, subnetId } of requests) {
    const layout = known.layoutOf(subnetId)
    // Of a subnet that the caller may not see as much is read as of one that is not there.
    if (layout === undefined || !canSee(context.caller, layout)) unknown.add(subnetId)
    else found.set(layout, [])
  }
  const rows = unknown.size === 0 ? [] : await holdSubnets(session, [...unknown])
  for (const row of rows) {
    const layout = first.context.layouts.layoutOf(row)
    known.add(layout)
    found.set(layout, [])
  }
  const byId = new Map([...found.keys()].map((layout) => [layout.id, layout]))
  for (const [index, { context, subnetId }] of requests.entries()) {
    const layout = byId.get(subnetId)
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
  readonly #known: KnownSubnets
  readonly taken: Taken[] = []
  readonly ended: Ended[] = []

  constructor(
    layout: SubnetLayout,
    requests: readonly GroupedRequest[],
    answers: Answer[],
    known: KnownSubnets,
  ) {
    this.#layout = layout
    this.#requests = requests
    this.#answers = answers
    this.#known = known
  }

  /** Decides who gets, and who gives back, which address. */
  async judge(
    session: Session,
    indexes: readonly number[],
    begun: BegunSearch | undefined,
  ): Promise<void> {
    const named = new Map<bigint, AllocationRow>()
    const addresses = indexes.flatMap((index) => this.#namedAddress(index)?.toBytes() ?? [])
    if (addresses.length > 0)
      for (const row of await findAllocations(session, this.#layout.key, addresses))
        named.set(offsetOfBytes(this.#layout, row.address), row)
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
    const held = await this.#known.learn(session, this.#layout, anys.length)
    const offsets = await findRandomUpTo(
      context,
      session,
      this.#layout,
      anys.length,
      claimed,
      held === null ? begun : drawUnheld(context, this.#layout, held, anys.length),
    )
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
  #judgeRelease(index: number, request: GroupedRelease, named: Map<bigint, AllocationRow>): void {
    const { context } = request
    const offset = request.address.value - this.#layout.base
    const row = named.get(offset)
    if (row === undefined || row.state !== 0 || this.#layout.coolingSeconds > 0) return
    if (row.due_at !== null && row.due_at <= context.clock()) return
    if (
      !context.caller.isAdmin &&
      context.caller.projectId !== this.#layout.projectId &&
      context.caller.projectId !== row.project_id
    )
      return
    named.delete(offset)
    const event = allocationEvent(context, 'released', this.#layout.key, row.address, {
      before: eventState(toAllocation(row, this.#layout)),
      projectId: row.project_id,
    })
    this.ended.push({ index, offset, row, event })
  }

  #judgeSpecific(
    index: number,
    request: GroupedAllocation,
    address: IpAddress,
    named: ReadonlyMap<bigint, AllocationRow>,
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
    const isReleased = this.ended.some((ended) => ended.offset === offset)
    if (named.has(offset) || claimed.has(offset) || isReleased) return
    claimed.add(offset)
    this.#take(index, offset)
  }

  #take(index: number, offset: bigint): void {
    const { context, attributes } = this.#requests[index] as GroupedAllocation
    const address = bytesAt(this.#layout, offset)
    const row = newRow(context, this.#layout, address, attributes, context.clock())
    const allocation = toAllocation(row, this.#layout)
    const event = allocatedEvent(context, row, allocation)
    this.taken.push({ index, offset, row, event, allocation })
  }

  countInto(pages: PageChanges): void {
    const held = this.#known.heldIn(this.#layout)
    for (const { offset } of this.taken) {
      pages.occupy(this.#layout, offset)
      held?.add(offset)
    }
    for (const { offset, row } of this.ended) {
      pages.vacate(this.#layout, offset, row.address)
      held?.delete(offset)
    }
  }
}
