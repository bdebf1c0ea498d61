import { IpAddress, Prefix } from '@freehold/address'
import type { AddressRange, HistoryRecord, StartRecord } from '../history-record.ts'
import type { Topology } from '../topology.ts'
import type { FinalState } from './final-state.ts'
import { operationsOf, type RecordedOperation } from './operation-history.ts'

/** Everything that the checks read. */
export interface RunHistory {
  readonly operations: readonly RecordedOperation[]
  readonly byId: ReadonlyMap<string, RecordedOperation>
  readonly starts: readonly StartRecord[]
  readonly final: FinalState
  readonly topology: Topology
  readonly subnets: ReadonlyMap<string, KnownSubnet>
  /** By subnet, also by one whose creation nobody knows of for certain. */
  readonly deletions: ReadonlyMap<string, readonly RecordedOperation[]>
  /** Addresses that an operation has, or had, by the feed or the final rows: what an unknown one may have taken. */
  readonly attributed: ReadonlyMap<string, readonly { subnetId: string; address: string }[]>
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
): RunHistory {
  const operations = operationsOf(records)
  const deletions = Map.groupBy(
    operations.filter(({ operation }) => operation.kind === 'delete-subnet'),
    ({ operation }) => (operation.kind === 'delete-subnet' ? operation.subnetId : ''),
  )
  return {
    operations,
    byId: new Map(operations.map((operation) => [operation.id, operation])),
    starts: records.filter((record): record is StartRecord => record.event === 'start'),
    final,
    topology,
    subnets: knownSubnets(operations, deletions, topology),
    deletions,
    attributed: attributedAddresses(final),
  }
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

/** First and last address of a prefix, both included. */
export function prefixBounds(cidr: string): { first: bigint; last: bigint } {
  const prefix = Prefix.parse(cidr)
  return { first: prefix.first.value, last: prefix.last.value }
}
