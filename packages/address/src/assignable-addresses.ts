import { addressBits, type IpAddress } from './ip-address.ts'
import { AddressRange, type Prefix } from './prefix.ts'

// Point-to-point prefixes have no address with a role: RFC 3021 (/31) and RFC 6164 (/127); a single address has none
// either.
function hasReservedAddresses(prefix: Prefix): boolean {
  return prefix.length < addressBits(prefix.version) - 1
}

/**
 * Whether no interface may have the address in a subnet of this prefix: the network address (in IPv6 the subnet-router
 * anycast address, RFC 4291 section 2.6.1), or the IPv4 broadcast address.
 */
export function isReservedAddress(prefix: Prefix, address: IpAddress): boolean {
  if (!hasReservedAddresses(prefix)) return false
  if (address.equals(prefix.first)) return true
  return prefix.version === 4 && address.equals(prefix.last)
}

/** All addresses that an interface may have in a subnet of this prefix; at least one. */
export function assignableRange(prefix: Prefix): AddressRange {
  if (!hasReservedAddresses(prefix)) return prefix.toRange()
  const first = prefix.first.plus(1)
  return AddressRange.of(first, prefix.version === 4 ? prefix.last.plus(-1) : prefix.last)
}
