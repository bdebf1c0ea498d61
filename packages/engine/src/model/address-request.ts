import { eui64Address, type IpAddress, type MacAddress, type Prefix } from '@freehold/address'
import { IpamError } from '../errors.ts'
import { parseAddress, parseMac, withPointer } from './address-input.ts'
import { escapePointer, invalidField } from './record.ts'

/**
 * What a caller asks of a subnet. Requests are made by the functions below, which validate, so that one that exists is
 * well formed (Neutron: request types are validated on construction).
 */
export type AddressRequest =
  | { readonly kind: 'any' }
  | { readonly kind: 'next' }
  | { readonly kind: 'specific'; readonly address: IpAddress }
  | { readonly kind: 'bulk'; readonly count: number }
  | { readonly kind: 'eui64'; readonly mac: MacAddress }

/** Every address request but `bulk`: exactly one address answers it. */
export type SingleAddressRequest = Exclude<AddressRequest, { readonly kind: 'bulk' }>

type RequestOf<Kind extends AddressRequest['kind']> = Extract<
  AddressRequest,
  { readonly kind: Kind }
>

/** The same as plain data: how requests arrive from JSON, the command line or a caller. */
export type AddressRequestInput =
  | { kind: 'any' }
  | { kind: 'next' }
  | { kind: 'specific'; address: string }
  | { kind: 'bulk'; count: number }
  | { kind: 'eui64'; mac: string }

/** One free address of the allocation pools, uniform over all of them. */
export function anyAddress(): RequestOf<'any'> {
  return { kind: 'any' }
}

/** The lowest free address of the allocation pools (Neutron: PreferNextAddressRequest). */
export function nextAddress(): RequestOf<'next'> {
  return { kind: 'next' }
}

/** This address, inside the subnet but not necessarily inside its pools. Throws INVALID_ADDRESS. */
export function specificAddress(address: string): RequestOf<'specific'> {
  return { kind: 'specific', address: parseAddress(address, '/request/address') }
}

/** `count` different addresses chosen as by `any`, all or none. Throws COUNT_OUT_OF_BOUNDS. */
export function bulkAddresses(count: number, maxCount = defaultMaxBulkCount): RequestOf<'bulk'> {
  if (typeof count !== 'number' || !Number.isInteger(count) || count < 1 || count > maxCount)
    throw new IpamError('COUNT_OUT_OF_BOUNDS', `count must be an integer from 1 to ${maxCount}.`, {
      pointer: '/request/count',
      fix: 'Ask for more addresses in several requests.',
      maxCount,
    })
  return { kind: 'bulk', count }
}

/** The modified EUI-64 address of a MAC (RFC 4291, appendix A). Throws INVALID_MAC, EUI64_NOT_POSSIBLE. */
export function eui64Request(mac: string): RequestOf<'eui64'> {
  const parsed = parseMac(mac, '/request/mac')
  if (parsed.isMulticast || parsed.isZero)
    throw new IpamError(
      'EUI64_NOT_POSSIBLE',
      'A multicast or all-zero MAC address names no interface, so no address can be formed from it.',
      { pointer: '/request/mac' },
    )
  return { kind: 'eui64', mac: parsed }
}

export const defaultMaxBulkCount = 1000

/** Builds the typed request. Throws INVALID_FIELD, INVALID_REQUEST and what the functions above throw. */
export function addressRequest(
  input: AddressRequestInput,
  maxBulkCount = defaultMaxBulkCount,
): AddressRequest {
  if (typeof input !== 'object' || input === null)
    throw invalidField('/request', 'must be an object')
  refuseStrayFields(input)
  switch (input.kind) {
    case 'any':
      return anyAddress()
    case 'next':
      return nextAddress()
    case 'specific':
      return specificAddress(input.address)
    case 'bulk':
      return bulkAddresses(input.count, maxBulkCount)
    case 'eui64':
      return eui64Request(input.mac)
    default:
      throw new IpamError(
        'INVALID_REQUEST',
        'The request kind must be one of any, next, specific, bulk and eui64.',
        { pointer: '/request/kind' },
      )
  }
}

// A field that the kind does not know would be wished for in vain, as an address beside kind `any` (Neutron refuses it too).
function refuseStrayFields(input: AddressRequestInput): void {
  const known: readonly string[] | undefined = fieldsOfKind[input.kind]
  if (known === undefined) return
  for (const name of Object.keys(input))
    if (name !== 'kind' && !known.includes(name))
      throw invalidField(
        `/request/${escapePointer(name)}`,
        `does not belong to a request of kind ${input.kind}`,
      )
}

const fieldsOfKind: Readonly<Record<AddressRequestInput['kind'], readonly string[]>> = {
  any: [],
  next: [],
  specific: ['address'],
  bulk: ['count'],
  eui64: ['mac'],
}

/** Where an eui64 request leads in a prefix. Throws EUI64_NOT_POSSIBLE unless the prefix is an IPv6 /64. */
export function eui64In(prefix: Prefix, mac: MacAddress): IpAddress {
  if (prefix.version !== 6 || prefix.length !== 64)
    throw new IpamError(
      'EUI64_NOT_POSSIBLE',
      `EUI-64 addresses need an IPv6 /64; this is ${prefix}.`,
      {
        pointer: '/request/mac',
        fix: 'Use another request kind, or a subnet with prefix length 64.',
      },
    )
  return withPointer('/request/mac', () => eui64Address(prefix, mac))
}
