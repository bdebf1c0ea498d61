/**
 * Every error that the engine can give, in one table. A kind says how a caller should react; a code says what happened.
 * Nothing here knows of HTTP, exit codes or SQL: the server and the command line map kinds to theirs.
 */

export type ErrorKind =
  | 'invalid'
  | 'not-found'
  | 'conflict'
  | 'exhausted'
  | 'over-quota'
  | 'unavailable'
  | 'internal'

export const errorCatalogue = {
  INVALID_FIELD: { kind: 'invalid', title: 'A field has a value that is not allowed' },
  INVALID_ADDRESS: { kind: 'invalid', title: 'The text is not an IP address' },
  INVALID_PREFIX: { kind: 'invalid', title: 'The text is not a prefix' },
  INVALID_RANGE: { kind: 'invalid', title: 'The two addresses do not form a range' },
  INVALID_MAC: { kind: 'invalid', title: 'The MAC address cannot be used' },
  INVALID_CURSOR: { kind: 'invalid', title: 'The page cursor was not issued for this list' },
  INVALID_REQUEST: {
    kind: 'invalid',
    title: 'The request is of a kind that cannot be served here',
  },
  IP_VERSION_MISMATCH: { kind: 'invalid', title: 'IPv4 and IPv6 are mixed' },
  PREFIX_LENGTH_OUT_OF_BOUNDS: { kind: 'invalid', title: 'The prefix length is not allowed' },
  PREFIX_OUTSIDE_SUBNET_POOL: {
    kind: 'invalid',
    title: 'The prefix is not inside the subnet pool',
  },
  ADDRESS_OUTSIDE_SUBNET: { kind: 'invalid', title: 'The address is not inside the subnet' },
  ADDRESS_NOT_ASSIGNABLE: {
    kind: 'invalid',
    title: 'The address has a reserved role in its subnet',
  },
  ALLOCATION_POOL_OUTSIDE_SUBNET: {
    kind: 'invalid',
    title: 'An allocation pool is not inside the subnet',
  },
  ALLOCATION_POOLS_OVERLAP: { kind: 'invalid', title: 'Allocation pools overlap' },
  GATEWAY_OUTSIDE_SUBNET: { kind: 'invalid', title: 'The gateway is not inside the subnet' },
  GATEWAY_NOT_ASSIGNABLE: { kind: 'invalid', title: 'The address cannot be the gateway' },
  GATEWAY_IN_ALLOCATION_POOL: {
    kind: 'invalid',
    title: 'The gateway is inside an allocation pool',
  },
  EUI64_NOT_POSSIBLE: { kind: 'invalid', title: 'No EUI-64 address can be formed' },
  COUNT_OUT_OF_BOUNDS: {
    kind: 'invalid',
    title: 'The number of addresses asked for is not allowed',
  },
  DUPLICATE_IN_REQUEST: { kind: 'invalid', title: 'The request names the same thing twice' },
  IDEMPOTENCY_KEY_REUSED: {
    kind: 'invalid',
    title: 'The idempotency key was used for another request',
  },
  ADDRESS_SCOPE_NOT_FOUND: { kind: 'not-found', title: 'No such address scope' },
  SUBNET_POOL_NOT_FOUND: { kind: 'not-found', title: 'No such subnet pool' },
  SUBNET_NOT_FOUND: { kind: 'not-found', title: 'No such subnet' },
  DOCUMENT_NOT_FOUND: { kind: 'not-found', title: 'No such document' },
  ALLOCATION_NOT_FOUND: { kind: 'not-found', title: 'The address is not held' },
  ADDRESS_IN_USE: { kind: 'conflict', title: 'The address is already held' },
  ADDRESS_RESERVED: { kind: 'conflict', title: 'The address is kept for the gateway' },
  SUBNET_OVERLAP: { kind: 'conflict', title: 'The prefix overlaps a subnet of the address scope' },
  PREFIX_OVERLAP: {
    kind: 'conflict',
    title: 'The prefix overlaps a subnet pool of the address scope',
  },
  PREFIX_IN_USE: { kind: 'conflict', title: 'Subnets of the pool lie inside the prefix' },
  ADDRESS_SCOPE_IN_USE: { kind: 'conflict', title: 'The address scope is in use' },
  SUBNET_POOL_IN_USE: { kind: 'conflict', title: 'The subnet pool is in use' },
  SUBNET_IN_USE: { kind: 'conflict', title: 'Addresses of the subnet are held' },
  ID_IN_USE: { kind: 'conflict', title: 'There is a record with this id' },
  DOCUMENT_KEY_IN_USE: {
    kind: 'conflict',
    title: 'There is a document with this id or unique key',
  },
  DEFAULT_POOL_EXISTS: {
    kind: 'conflict',
    title: 'There is a default subnet pool of this IP version',
  },
  STALE_REVISION: { kind: 'conflict', title: 'The record was changed in the meantime' },
  PLAN_CONFLICT: { kind: 'conflict', title: 'The plan contradicts what is stored' },
  DATABASE_RESTORED: {
    kind: 'conflict',
    title: 'The database is older than what was kept of its history',
  },
  STORE_NOT_EMPTY: { kind: 'conflict', title: 'The database to be filled is in use' },
  SUBNET_EXHAUSTED: { kind: 'exhausted', title: 'The subnet has too few free addresses' },
  ALL_SUBNETS_EXHAUSTED: {
    kind: 'exhausted',
    title: 'None of the subnets has enough free addresses',
  },
  SUBNET_POOL_EXHAUSTED: {
    kind: 'exhausted',
    title: 'The subnet pool has no free block of this size',
  },
  QUOTA_EXCEEDED: {
    kind: 'over-quota',
    title: "The project's quota in the subnet pool is used up",
  },
  DATABASE_UNAVAILABLE: { kind: 'unavailable', title: 'The database cannot be reached' },
  CONTENTION: { kind: 'unavailable', title: 'Too many writers at once; nothing was changed' },
  OUTCOME_UNKNOWN: {
    kind: 'unavailable',
    title: 'The database did not say whether the change was made',
  },
  OVERLOADED: { kind: 'unavailable', title: 'Too many requests are waiting' },
  STORAGE_FULL: { kind: 'unavailable', title: 'The database has no room left' },
  SCHEMA_MISMATCH: { kind: 'internal', title: 'The database schema does not fit this version' },
  STORE_UNSUPPORTED: { kind: 'internal', title: 'The database cannot keep the promises' },
  COPY_INCOMPLETE: { kind: 'internal', title: 'The copy would not have every row, or too many' },
  INTERNAL: { kind: 'internal', title: 'Something went wrong inside' },
} as const satisfies Record<string, { kind: ErrorKind; title: string }>

export type ErrorCode = keyof typeof errorCatalogue

/** Facts about an error that a program may read. Values are JSON-safe. */
export interface ErrorDetails {
  /** RFC 6901 pointer to the input field at fault, where one is. */
  pointer?: string
  /** What to do instead, as one sentence. */
  fix?: string
  [name: string]: unknown
}

/** The one error class of the engine. `message` is a sentence for people and never carries SQL or driver text. */
export class IpamError extends Error {
  override readonly name = 'IpamError'
  readonly code: ErrorCode
  readonly kind: ErrorKind
  readonly details: ErrorDetails

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    this.kind = errorCatalogue[code].kind
    this.details = details
  }
}

export function isIpamError(value: unknown, code?: ErrorCode): value is IpamError {
  return value instanceof IpamError && (code === undefined || value.code === code)
}
