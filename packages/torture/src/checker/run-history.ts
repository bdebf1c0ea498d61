import { IpAddress, Prefix } from '@freehold/address'
import type { AddressRange, HistoryRecord, StartRecord } from '../history-record.ts'
import type { Topology } from '../topology.ts'
import type { FinalState } from './final-state.ts'
import { operationsOf, type RecordedOperation } from './operation-history.ts'
import { type Version, VersionHistory } from './version-history.ts'

/** Everything that the checks read. */
export interface RunHistory {
  readonly operations: readonly RecordedOperation[]
  readonly byId: ReadonlyMap<string, RecordedOperation>
  readonly starts: readonly StartRecord[]
  readonly final: FinalState
  readonly topology: Topology
  readonly subnets: ReadonlyMap<string, KnownSubnet>
  /** Of every subnet that anybody is known to have made, also without an answer. */
  readonly lives: ReadonlyMap<string, SubnetLife>
  /** Requests for subnets, by the subnet pool that they are cut from. */
  readonly cuts: ReadonlyMap<string, readonly RecordedOperation[]>
  /** By subnet pool. */
  readonly prefixes: ReadonlyMap<string, VersionHistory<readonly string[]>>
  /** By subnet, also by one whose creation nobody knows of for certain. */
  readonly deletions: ReadonlyMap<string, readonly RecordedOperation[]>
  /** Addresses that an operation has, or had, by the feed or the final rows: what an unknown one may have taken. */
  readonly attributed: ReadonlyMap<string, readonly { subnetId: string; address: string }[]>
  /** Whether real time orders the whole feed; each node of a cluster orders its own events alone. */
  readonly isFeedOrdered: boolean
  /** When the last call of a worker was made or answered. */
  readonly end: number
}

/** From when to when a subnet is there. */
export interface SubnetLife {
  readonly cidr: string
  readonly createdFrom: number
  /** Infinity: it may come into being at any later time. */
  readonly createdUntil: number
  /** Before this nobody can have deleted it. */
  readonly mayEndFrom: number
  /** After this it is gone for certain. */
  readonly endsUntil: number
  readonly createdBy: RecordedOperation | null
  readonly deletions: readonly RecordedOperation[]
}

/** A subnet of the topology, or one that was cut in the run. */
export interface KnownSubnet {
  readonly id: string
  readonly cidr: string
  readonly gateway: string | null
  readonly allocationPools: readonly AddressRange[]
  readonly coolingSeconds: number
  readonly createdBy: RecordedOperation | null
  readonly deletions: readonly RecordedOperation[]
}

export function runHistoryOf(
  records: readonly HistoryRecord[],
  final: FinalState,
  topology: Topology,
  isFeedOrdered: boolean,
): RunHistory {
  const operations = operationsOf(records)
  const deletions = Map.groupBy(
    operations.filter(({ operation }) => operation.kind === 'delete-subnet'),
    ({ operation }) => (operation.kind === 'delete-subnet' ? operation.subnetId : ''),
  )
  const byId = new Map(operations.map((operation) => [operation.id, operation]))
  const subnets = knownSubnets(operations, deletions, topology)
  return {
    operations,
    byId,
    starts: records.filter((record): record is StartRecord => record.event === 'start'),
    final,
    topology,
    subnets,
    cuts: Map.groupBy(
      operations.filter(({ operation }) => operation.kind === 'create-subnet'),
      ({ operation }) => (operation.kind === 'create-subnet' ? operation.subnetPoolId : ''),
    ),
    prefixes: prefixHistories(operations, topology),
    lives: subnetLives(subnets, deletions, unansweredSubnets(final, byId)),
    deletions,
    attributed: attributedAddresses(final),
    isFeedOrdered,
    end: endOf(operations),
  }
}

function prefixHistories(operations: readonly RecordedOperation[], { subnetPools }: Topology) {
  const versions = new Map<string, Version<readonly string[]>[]>()
  for (const { id, prefixes } of subnetPools)
    versions.set(id, [{ from: -1, until: -1, value: prefixes }])
  for (const { operation, outcome, from, until } of operations)
    if (operation.kind === 'set-prefixes' && outcome !== 'fail')
      versions.get(operation.subnetPoolId)?.push({ from, until, value: operation.prefixes })
  return new Map([...versions].map(([id, own]) => [id, new VersionHistory(own)]))
}

function endOf(operations: readonly RecordedOperation[]): number {
  let end = 0
  for (const { attempts } of operations)
    for (const { worker, from, until } of attempts)
      if (worker >= 0) end = Math.max(end, from, Number.isFinite(until) ? until : 0)
  return end
}

/** Subnets that are stored, or were, by requests whose answer nobody heard. */
function unansweredSubnets(
  { events, subnets }: FinalState,
  byId: ReadonlyMap<string, RecordedOperation>,
): Map<string, RecordedOperation> {
  const made = new Map<string, RecordedOperation>()
  const add = (id: string, operationId: string) => {
    const maker = byId.get(operationId)
    if (maker?.operation.kind === 'create-subnet' && maker.outcome === 'unknown')
      made.set(id, maker)
  }
  for (const { recordKind, action, recordId, operationId } of events)
    if (recordKind === 'subnet' && action === 'created') add(recordId, operationId)
  for (const { id, name } of subnets) add(id, name)
  return made
}

function subnetLives(
  subnets: ReadonlyMap<string, KnownSubnet>,
  deletions: ReadonlyMap<string, readonly RecordedOperation[]>,
  unanswered: ReadonlyMap<string, RecordedOperation>,
): Map<string, SubnetLife> {
  const lives = new Map<string, SubnetLife>()
  const add = (id: string, cidr: string, createdBy: RecordedOperation | null) => {
    const own = (deletions.get(id) ?? []).filter(({ outcome }) => outcome !== 'fail')
    const acknowledged = own.filter(({ outcome }) => outcome === 'ok')
    lives.set(id, {
      cidr,
      createdFrom: createdBy?.from ?? -1,
      createdUntil: createdBy?.until ?? -1,
      mayEndFrom: Math.min(...own.map(({ from }) => from), Number.POSITIVE_INFINITY),
      endsUntil: Math.min(...acknowledged.map(({ until }) => until), Number.POSITIVE_INFINITY),
      createdBy,
      deletions: own,
    })
  }
  for (const [id, { cidr, createdBy }] of subnets) add(id, cidr, createdBy)
  for (const [id, maker] of unanswered)
    if (!lives.has(id)) add(id, 'of an unanswered request', maker)
  return lives
}

function knownSubnets(
  operations: readonly RecordedOperation[],
  deletions: ReadonlyMap<string, readonly RecordedOperation[]>,
  topology: Topology,
): Map<string, KnownSubnet> {
  const subnets = new Map<string, KnownSubnet>()
  for (const subnet of topology.subnets)
    subnets.set(subnet.id, { ...subnet, createdBy: null, deletions: [] })
  for (const operation of operations) {
    const { answer } = operation
    if (answer?.kind !== 'create-subnet') continue
    subnets.set(answer.subnetId, {
      id: answer.subnetId,
      cidr: answer.cidr,
      gateway: answer.gateway,
      allocationPools: answer.allocationPools,
      coolingSeconds: 0,
      createdBy: operation,
      deletions: deletions.get(answer.subnetId) ?? [],
    })
  }
  return subnets
}

function attributedAddresses({ events, allocations }: FinalState) {
  const found = new Map<string, Map<string, { subnetId: string; address: string }>>()
  const add = (operationId: string, subnetId: string, address: string) => {
    const addresses = found.get(operationId) ?? new Map()
    addresses.set(`${subnetId} ${address}`, { subnetId, address })
    found.set(operationId, addresses)
  }
  for (const { action, recordId, address, operationId } of events)
    if (action === 'allocated' && address !== null) add(operationId, recordId, address)
  for (const { holderId, subnetId, address } of allocations) add(holderId, subnetId, address)
  return new Map([...found].map(([id, addresses]) => [id, [...addresses.values()]]))
}

/** A subnet as people know it. */
export function nameOfSubnet({ lives }: RunHistory, subnetId: string): string {
  const cidr = lives.get(subnetId)?.cidr
  return cidr === undefined ? `subnet ${subnetId}` : `subnet ${cidr} (${subnetId})`
}

const values = new Map<string, bigint>()

/** The number of an address. */
export function addressValue(address: string): bigint {
  let value = values.get(address)
  if (value === undefined) {
    value = IpAddress.parse(address).value
    values.set(address, value)
  }
  return value
}

export function isInRanges(address: string, ranges: readonly AddressRange[]): boolean {
  const value = addressValue(address)
  return ranges.some(
    ({ first, last }) => addressValue(first) <= value && value <= addressValue(last),
  )
}

export function sizeOfRanges(ranges: readonly AddressRange[]): bigint {
  return ranges.reduce(
    (sum, { first, last }) => sum + addressValue(last) - addressValue(first) + 1n,
    0n,
  )
}

/** Whether a prefix lies inside one of the others. */
export function lieInside(cidr: string, prefixes: readonly string[]): boolean {
  const { first, last } = prefixBounds(cidr)
  return prefixes.map(prefixBounds).some((outer) => outer.first <= first && last <= outer.last)
}

/** First and last address of a prefix, both included. */
export function prefixBounds(cidr: string): { first: bigint; last: bigint } {
  const prefix = Prefix.parse(cidr)
  return { first: prefix.first.value, last: prefix.last.value }
}
