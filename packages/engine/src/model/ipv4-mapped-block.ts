import { AddressRange, IpAddress } from '@freehold/address'

const before = IpAddress.parse('::fffe:ffff:ffff').next()
const after = IpAddress.parse('::1:0:0:0').previous()
if (before === null || after === null) throw new Error('the IPv4-mapped block lies inside IPv6')

/**
 * ::ffff:0:0/96 (RFC 4291 section 2.5.5.2). Its addresses are IPv4 addresses in another dress, so none is ever handed out:
 * what one program takes for IPv6 another would send as IPv4.
 */
export const ipv4MappedBlock: AddressRange = AddressRange.of(before, after)
