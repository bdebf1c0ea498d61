import { parseMac } from './address-input.ts'
import { checkText, invalidField, type Labels } from './record.ts'

/** `allocated`: held. `cooling`: released, and not handed out again before `expiresAt`. */
export type AllocationState = 'allocated' | 'cooling'

/** Who holds an allocation. */
export interface Holder {
  /** A short lower-case word: host, port, container, interface, service, gateway. */
  readonly kind: string
  /** The caller's own name for the holder. */
  readonly id: string
  readonly mac?: string
  readonly hostName?: string
}

/** One address held in one subnet by one holder. */
export interface Allocation {
  readonly address: string
  readonly subnetId: string
  readonly state: AllocationState
  readonly projectId: string
  readonly holder: Holder | null
  readonly labels: Labels
  readonly createdAt: string
  /** When a lease ends, or a cooling address becomes free; null: never by itself. */
  readonly expiresAt: string | null
}

/** What is recorded with an allocation besides its address. */
export interface AllocationAttributes {
  holder?: Holder | null
  labels?: Labels
  /** Lease time, 1 to 315,360,000 (ten years). Absent: held until released. */
  ttlSeconds?: number
  /** `specific` may give the gateway's address; otherwise only to a holder of kind `gateway`. */
  mayBeGateway?: boolean
}

/** Checked attributes of a new allocation. */
export interface AllocationAttributeValues {
  readonly holder: Holder | null
  readonly labels: Labels
  /** Milliseconds since 1970 at which the lease ends. */
  readonly dueAt: number | null
  /** Whether a specific request may have the gateway's address. */
  readonly mayBeGateway: boolean
}

export const maxTtlSeconds = 315_360_000

/** Returns the holder in canonical form. Throws IpamError INVALID_FIELD or INVALID_MAC. */
export function checkHolder(holder: Holder | null | undefined): Holder | null {
  if (holder === undefined || holder === null) return null
  if (typeof holder.kind !== 'string' || !/^[a-z][a-z0-9_-]{0,31}$/.test(holder.kind))
    throw invalidField(
      '/holder/kind',
      'must be a short lower-case word',
      'Use a word such as host, port, container, interface or service.',
    )
  const id = checkText(holder.id, '/holder/id')
  return {
    kind: holder.kind,
    id,
    ...(holder.mac === undefined ? {} : { mac: parseMac(holder.mac, '/holder/mac').toString() }),
    ...(holder.hostName === undefined
      ? {}
      : { hostName: checkText(holder.hostName, '/holder/hostName', 253) }),
  }
}
