import { AddressError, AddressRange, IpAddress, MacAddress, Prefix } from '@freehold/address'
import { type ErrorCode, type ErrorDetails, IpamError } from '../errors.ts'
import { invalidField } from './record.ts'

const codes: Record<AddressError['code'], ErrorCode> = {
  INVALID_ADDRESS: 'INVALID_ADDRESS',
  INVALID_PREFIX: 'INVALID_PREFIX',
  INVALID_RANGE: 'INVALID_RANGE',
  INVALID_MAC: 'INVALID_MAC',
  ADDRESS_OUT_OF_SPACE: 'INVALID_ADDRESS',
  VERSION_MISMATCH: 'IP_VERSION_MISMATCH',
}

/** Runs an address function and gives its error the pointer of the field that the text came from. */
export function withPointer<T>(pointer: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof AddressError)) throw error
    const details: ErrorDetails = { pointer }
    if (error.suggestion !== undefined) details.fix = `Use ${error.suggestion}.`
    throw new IpamError(codes[error.code], sentenceOf(error.reason), details, error)
  }
}

// What the address package says is a part of a sentence, as one says it after a colon.
function sentenceOf(reason: string): string {
  return `${reason.charAt(0).toUpperCase()}${reason.slice(1)}.`
}

/** Throws IpamError INVALID_ADDRESS with the pointer. */
export function parseAddress(text: unknown, pointer: string): IpAddress {
  if (typeof text !== 'string') throw invalidField(pointer, 'must be a string with an IP address')
  return withPointer(pointer, () => IpAddress.parse(text))
}

/** Throws IpamError INVALID_PREFIX with the pointer; host bits are refused and the masked prefix suggested. */
export function parsePrefix(text: unknown, pointer: string): Prefix {
  if (typeof text !== 'string') throw invalidField(pointer, 'must be a string with a prefix')
  return withPointer(pointer, () => Prefix.parse(text))
}

/** Throws IpamError INVALID_ADDRESS, INVALID_RANGE or IP_VERSION_MISMATCH. */
export function parseRange(range: unknown, pointer: string): AddressRange {
  if (typeof range !== 'object' || range === null)
    throw invalidField(pointer, 'must be an object with first and last')
  const { first, last } = range as { first?: unknown; last?: unknown }
  const from = parseAddress(first, `${pointer}/first`)
  const to = parseAddress(last, `${pointer}/last`)
  return withPointer(pointer, () => AddressRange.of(from, to))
}

/** Throws IpamError INVALID_MAC. */
export function parseMac(text: unknown, pointer: string): MacAddress {
  if (typeof text !== 'string') throw invalidField(pointer, 'must be a string with a MAC address')
  return withPointer(pointer, () => MacAddress.parse(text))
}
