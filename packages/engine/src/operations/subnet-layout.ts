import { IpAddress, type IpVersion, type Prefix } from '@freehold/address'
import { type OffsetRange, PoolSpace } from '../allocators/pool-space.ts'
import { compareBytes, uint32At, uint128At } from '../store/sql/address-bytes.ts'
import { toAllocationPools, toPrefix } from '../store/sql/row-mapping.ts'
import type { SubnetCore } from '../store/sql/subnet-queries.ts'

/** A subnet as the allocators see it: everything as offsets from its first address. */
export interface SubnetLayout {
  readonly key: number
  readonly id: string
  readonly projectId: string
  readonly shared: boolean
  readonly revision: number
  readonly version: IpVersion
  readonly prefix: Prefix
  readonly base: bigint
  readonly size: bigint
  /** Offset of the gateway; null when there is none or it lies outside. */
  readonly gateway: bigint | null
  readonly space: PoolSpace
  readonly coolingSeconds: number
  /** The share of free pool addresses last seen, to steer the search only; wrong, it costs a statement. */
  freeShare: number
}

// Some kilobytes each; compiling one again takes microseconds.
const maxCached = 5000

interface CachedLayout {
  readonly row: SubnetCore
  readonly layout: SubnetLayout
}

/**
 * Compiled subnets by id. An entry serves rows that are equal to its own in all that was compiled: a revision alone says
 * too little, since a transaction that is undone gives its revision number back.
 */
export class SubnetLayoutCache {
  readonly #layouts = new Map<string, CachedLayout>()

  /** What a subnet was when it was last seen; whoever uses it has to compare it with what `layoutOf` says afterwards. */
  lastSeen(id: string): SubnetLayout | undefined {
    return this.#layouts.get(id)?.layout
  }

  /** The same without keeping it: for work that goes through all subnets once. */
  passing(row: SubnetCore): SubnetLayout {
    return this.#known(row) ?? compile(row)
  }

  layoutOf(row: SubnetCore): SubnetLayout {
    const known = this.#known(row)
    if (known !== undefined) return known
    const layout = compile(row)
    if (this.#layouts.size >= maxCached) this.#layouts.clear()
    this.#layouts.set(row.id, { row, layout })
    return layout
  }

  #known(row: SubnetCore): SubnetLayout | undefined {
    const known = this.#layouts.get(row.id)
    return known !== undefined && isSame(known.row, row) ? known.layout : undefined
  }
}

function isSame(a: SubnetCore, b: SubnetCore): boolean {
  return (
    a.revision === b.revision &&
    a.row_key === b.row_key &&
    a.project_id === b.project_id &&
    a.shared === b.shared &&
    a.gateway === b.gateway &&
    a.cooling_seconds === b.cooling_seconds &&
    a.allocation_pools === b.allocation_pools &&
    a.prefix_length === b.prefix_length &&
    compareBytes(a.first, b.first) === 0
  )
}

function compile(row: SubnetCore): SubnetLayout {
  const prefix = toPrefix(row)
  const base = prefix.first.value
  const ranges = toAllocationPools(row.allocation_pools).map(
    ({ first, last }): OffsetRange => ({
      first: IpAddress.parse(first).value - base,
      last: IpAddress.parse(last).value - base,
    }),
  )
  const gateway = row.gateway === null ? null : IpAddress.parse(row.gateway)
  return {
    key: row.row_key,
    id: row.id,
    projectId: row.project_id,
    shared: row.shared === 1,
    revision: row.revision,
    version: row.ip_version,
    prefix,
    base,
    size: prefix.size,
    gateway: gateway !== null && prefix.contains(gateway) ? gateway.value - base : null,
    space: new PoolSpace(ranges),
    coolingSeconds: row.cooling_seconds,
    freeShare: 1,
  }
}

/** The 16 bytes of the address at an offset. */
export function bytesAt(layout: SubnetLayout, offset: bigint): Uint8Array {
  const value = layout.base + offset
  const bytes = new Uint8Array(16)
  if (layout.version === 4) {
    const low = Number(value)
    bytes[12] = low >>> 24
    bytes[13] = low >>> 16
    bytes[14] = low >>> 8
    bytes[15] = low
    return bytes
  }
  const view = new DataView(bytes.buffer)
  view.setBigUint64(0, value >> 64n)
  view.setBigUint64(8, value & 0xffff_ffff_ffff_ffffn)
  return bytes
}

/** The offset of an address of the subnet, from its 16 bytes. */
export function offsetOfBytes(layout: SubnetLayout, bytes: Uint8Array): bigint {
  const value = layout.version === 4 ? BigInt(uint32At(bytes, 12)) : uint128At(bytes, 0)
  return value - layout.base
}
