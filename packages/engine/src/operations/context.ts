import type { IpAddress } from '@freehold/address'
import type { RandomSource } from '../allocators/random-source.ts'
import type { AddressRequest } from '../model/address-request.ts'
import type { Allocation, AllocationAttributeValues } from '../model/allocation.ts'
import type { Caller } from '../model/caller.ts'
import type { DocumentKind } from '../model/event.ts'
import type { Session, Store, StoreFault } from '../store/store.ts'
import type { Coalescer } from './coalescer.ts'
import type { CursorSealer } from './cursor.ts'
import type { SharedWrites } from './shared-writes.ts'
import type { SubnetLayoutCache } from './subnet-layout.ts'
import type { WaitingLimit } from './waiting-limit.ts'

export interface EngineLimits {
  /** Most addresses of one bulk request. Default 1,000. */
  readonly maxBulkCount: number
  /** Whether a subnet may be 0.0.0.0/0 or ::/0. Default false. */
  readonly allowWholeSpace: boolean
  /** Most allocation pools of a subnet. Default 1,000. */
  readonly maxAllocationPools: number
  /** Most prefixes of a subnet pool. Default 1,000. */
  readonly maxPoolPrefixes: number
  /**
   * Most operations that wait for the database or use it at once; more are refused with OVERLOADED. Default 10,000, which
   * take about a second to be answered and some ten megabytes.
   */
  readonly maxWaiting: number
}

/** What every operation runs with: the opened store, the caller, and what makes the engine testable. */
export interface OperationContext {
  readonly store: Store
  readonly caller: Caller
  /** Milliseconds since 1970. */
  readonly clock: () => number
  readonly random: RandomSource
  readonly limits: EngineLimits
  readonly deadlineMs: number
  readonly waiting: WaitingLimit
  readonly idempotencyTtlSeconds: number
  /** Of the database when the engine was opened. */
  readonly schemaVersion: number
  readonly cursors: CursorSealer
  readonly layouts: SubnetLayoutCache
  /** Where requests for single addresses meet others to share a transaction with. */
  readonly coalescer: Coalescer<GroupedRequest, readonly Allocation[]>
  /** Where changes that wait for one lock meet others that wait for the same. */
  readonly sharedWrites: SharedWrites
  /** The caller's own open transaction, when the operation joins one. */
  readonly joined: Session | null
  /** In a transaction of the engine's own that several operations make up: what the database failed with. */
  readonly faults?: StoreFault[]
}

/** Options of operations that change something. */
export interface MutationOptions {
  /** The same key has the same effect, and the same answer, for as long as the engine remembers it. 1 to 255 characters. */
  idempotencyKey?: string
  /** What makes two requests the same; by default the operation's own input. */
  fingerprint?: string
  /** Only if the record still has this revision; else STALE_REVISION. */
  ifRevision?: number
  /** Gives up before the next attempt. */
  signal?: AbortSignal
  /**
   * How the event of a document calls it. With a name the event has the body before and after; without one it has the
   * collection and the revision, because a body may hold a secret. null: no event, for bookkeeping that changes nothing.
   */
  recordAs?: Exclude<DocumentKind, 'document'> | null
}

/** A request that shares a transaction with others: one address of one subnet, asked for or given back. */
export type GroupedRequest = GroupedAllocation | GroupedRelease

export interface GroupedAllocation {
  readonly kind: 'allocate'
  readonly context: OperationContext
  readonly subnetId: string
  readonly request: Extract<AddressRequest, { kind: 'any' | 'specific' }>
  readonly attributes: AllocationAttributeValues
}

export interface GroupedRelease {
  readonly kind: 'release'
  readonly context: OperationContext
  readonly subnetId: string
  readonly address: IpAddress
}
