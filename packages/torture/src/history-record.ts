/**
 * What is written down of a run. Times are microseconds of the machine's monotonic clock, which all processes of one
 * machine share. An invocation stands in its file before the call is sent, so that a killed process leaves it behind.
 */

export interface AddressRange {
  readonly first: string
  readonly last: string
}

export type RequestedAddresses =
  | { readonly kind: 'any' }
  | { readonly kind: 'next' }
  | { readonly kind: 'specific'; readonly address: string }
  /** `address` is the one that the MAC forms in the subnet. */
  | { readonly kind: 'eui64'; readonly mac: string; readonly address: string }
  | { readonly kind: 'bulk'; readonly count: number }

/** The address that a request names, one way or another; null for one that draws. */
export function namedAddress(request: RequestedAddresses): string | null {
  return request.kind === 'specific' || request.kind === 'eui64' ? request.address : null
}

/** How many addresses a request is for. */
export function countOf(request: RequestedAddresses): number {
  return request.kind === 'bulk' ? request.count : 1
}

/** A call with all that it asks for. The holder of an allocation, and the name of a new subnet, is the operation's id. */
export type Operation =
  | {
      readonly kind: 'allocate'
      readonly subnetIds: readonly string[]
      readonly request: RequestedAddresses
      readonly ttlSeconds?: number
    }
  | { readonly kind: 'release'; readonly subnetId: string; readonly address: string }
  | { readonly kind: 'get'; readonly subnetId: string; readonly address: string }
  | {
      readonly kind: 'create-subnet'
      readonly subnetPoolId: string
      readonly prefixLength: number
    }
  | { readonly kind: 'delete-subnet'; readonly subnetId: string; readonly cascade: boolean }
  | {
      readonly kind: 'set-allocation-pools'
      readonly subnetId: string
      readonly allocationPools: readonly AddressRange[]
    }
  | {
      readonly kind: 'set-prefixes'
      readonly subnetPoolId: string
      readonly prefixes: readonly string[]
    }
  | { readonly kind: 'utilization'; readonly subnetId: string }
  | { readonly kind: 'reap' }

/** Counts are decimal strings: a histories' file is JSON. */
export interface Counts {
  readonly capacity: string
  readonly allocated: string
  readonly cooling: string
  readonly available: string
}

export type Answer =
  | { readonly kind: 'allocate'; readonly subnetId: string; readonly addresses: readonly string[] }
  /** null: nobody holds it (cooling). */
  | { readonly kind: 'get'; readonly holderId: string | null }
  | {
      readonly kind: 'create-subnet'
      readonly subnetId: string
      readonly cidr: string
      readonly gateway: string | null
      readonly allocationPools: readonly AddressRange[]
    }
  | ({ readonly kind: 'utilization' } & Counts)
  | { readonly kind: 'done' }

export type Outcome = 'ok' | 'fail' | 'unknown'

/** A worker is at it from here on. */
export interface StartRecord {
  readonly event: 'start'
  readonly worker: number
  readonly incarnation: number
  readonly at: number
}

export interface InvokeRecord {
  readonly event: 'invoke'
  /** Unique in the run. */
  readonly call: string
  /** Calls of one operation are the same request again, under one idempotency key. */
  readonly operationId: string
  readonly worker: number
  readonly incarnation: number
  readonly at: number
  readonly projectId: string
  readonly idempotencyKey: string | null
  readonly operation: Operation
}

export interface CompleteRecord {
  readonly event: 'complete'
  readonly call: string
  readonly at: number
  readonly outcome: Outcome
  /** Of the error, when it is not ok. */
  readonly code: string | null
  readonly answer: Answer | null
}

export type HistoryRecord = StartRecord | InvokeRecord | CompleteRecord
