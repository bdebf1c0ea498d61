import { AddressError } from './address-error.ts'
import { IpAddress } from './ip-address.ts'
import type { MacAddress } from './mac-address.ts'
import type { Prefix } from './prefix.ts'

/**
 * The address that an interface with this MAC address forms in the prefix by stateless
 * configuration: the modified EUI-64 identifier of RFC 4291, appendix A (`ff:fe` in the middle, the
 * universal/local bit inverted).
 *
 * Throws `VERSION_MISMATCH` for an IPv4 prefix, `INVALID_PREFIX` unless its length is 64,
 * `INVALID_MAC` for a multicast or all-zero MAC address, and `INVALID_ADDRESS` where the result
 * would be IPv4-mapped (some MAC addresses in `::/64`).
 */
export function eui64Address(prefix: Prefix, mac: MacAddress): IpAddress {
  if (prefix.version !== 6) {
    throw new AddressError('VERSION_MISMATCH', 'an EUI-64 address needs an IPv6 prefix')
  }
  if (prefix.length !== 64) {
    throw new AddressError(
      'INVALID_PREFIX',
      `an EUI-64 address needs a prefix of length 64, not ${prefix.length}`,
    )
  }
  if (mac.isZero || mac.isMulticast) {
    throw new AddressError(
      'INVALID_MAC',
      `${mac} is ${mac.isZero ? 'all zero' : 'a multicast address'} and names no interface`,
    )
  }
  const bytes = prefix.first.toBytes()
  const macBytes = mac.toBytes()
  bytes.set(macBytes.subarray(0, 3), 8)
  bytes[8] = (bytes[8] as number) ^ 0x02
  bytes[11] = 0xff
  bytes[12] = 0xfe
  bytes.set(macBytes.subarray(3), 13)
  return IpAddress.fromBytes(6, bytes)
}
