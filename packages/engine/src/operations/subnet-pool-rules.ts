import { addressBits, type IpVersion } from '@freehold/address'
import { IpamError } from '../errors.ts'
import { invalidField } from '../model/record.ts'
import type { SubnetPoolInput } from '../model/subnet-pool.ts'

export interface PrefixLengths {
  min_prefix_length: number
  default_prefix_length: number
  max_prefix_length: number
}

const maxQuota = 1n << 128n

/** Neutron's defaults: 8 (IPv4) or 64 (IPv6) to 32 or 128, the widest as default. Throws PREFIX_LENGTH_OUT_OF_BOUNDS. */
export function prefixLengthsOf(ipVersion: IpVersion, input: SubnetPoolInput): PrefixLengths {
  const min = input.minPrefixLength ?? (ipVersion === 4 ? 8 : 64)
  const lengths = {
    min_prefix_length: min,
    default_prefix_length: input.defaultPrefixLength ?? min,
    max_prefix_length: input.maxPrefixLength ?? addressBits(ipVersion),
  }
  checkPrefixLengths(ipVersion, lengths)
  return lengths
}

/** 1 <= min <= default <= max <= 32 or 128; a smaller number is a wider prefix. Throws PREFIX_LENGTH_OUT_OF_BOUNDS. */
export function checkPrefixLengths(ipVersion: IpVersion, lengths: PrefixLengths): void {
  const named = [
    ['/minPrefixLength', lengths.min_prefix_length],
    ['/defaultPrefixLength', lengths.default_prefix_length],
    ['/maxPrefixLength', lengths.max_prefix_length],
  ] as const
  const bits = addressBits(ipVersion)
  for (const [pointer, length] of named)
    if (!Number.isInteger(length) || length < 1 || length > bits)
      throw outOfBounds(pointer, `must be an integer from 1 to ${bits}`)
  if (lengths.min_prefix_length > lengths.default_prefix_length)
    throw outOfBounds('/defaultPrefixLength', 'must not be less than minPrefixLength')
  if (lengths.default_prefix_length > lengths.max_prefix_length)
    throw outOfBounds('/defaultPrefixLength', 'must not be more than maxPrefixLength')
}

/** null: no limit. 0 to 2^128, also as decimal text. Throws INVALID_FIELD. */
export function checkQuota(quota: bigint | string | null | undefined): bigint | null {
  if (quota === undefined || quota === null) return null
  const value = typeof quota === 'bigint' ? quota : fromDecimal(quota)
  if (value === null || value < 0n || value > maxQuota)
    throw invalidField('/quota', 'must be an integer from 0 to 2^128', 'Use null for no limit.')
  return value
}

// `BigInt` alone would take blanks, hexadecimal digits and the empty text.
function fromDecimal(text: unknown): bigint | null {
  return typeof text === 'string' && /^(0|[1-9]\d{0,38})$/.test(text) ? BigInt(text) : null
}

function outOfBounds(pointer: string, must: string): IpamError {
  return new IpamError('PREFIX_LENGTH_OUT_OF_BOUNDS', `${pointer.slice(1)} ${must}.`, { pointer })
}
