import { parsePrefix } from '../model/address-input.ts'
import {
  anyAddress,
  eui64In,
  eui64Request,
  nextAddress,
  type SingleAddressRequest,
  specificAddress,
} from '../model/address-request.ts'

/** A port as Neutron's API writes it, as far as it concerns a driver. */
export interface PortDescription {
  device_owner?: string | null
  mac_address?: string | null
}

/** One address that a port wants, as Neutron hands it to a driver. */
export interface FixedIpDescription {
  ip_address?: string | null
  /** True: the address is to be formed from the MAC. */
  eui64_address?: boolean | null
  /** Default: the port's. */
  mac?: string | null
  subnet_cidr?: string | null
}

export type AddressRequestFactory = (
  port: PortDescription,
  fixedIp: FixedIpDescription,
) => SingleAddressRequest

// Their addresses come before a subnet's other users and are wanted predictable: the lowest free one.
const ownersServedInOrder = new Set(['network:dhcp', 'network:distributed'])

/**
 * An address that is named is asked for by name, one to be formed from a MAC as EUI-64, one for a DHCP service or a
 * distributed port as the lowest free one, every other as any.
 * @throws IpamError INVALID_ADDRESS, INVALID_FIELD without a MAC, INVALID_MAC, EUI64_NOT_POSSIBLE.
 */
export const addressRequestFactory: AddressRequestFactory = (port, fixedIp) => {
  if (isGiven(fixedIp.ip_address)) return specificAddress(fixedIp.ip_address)
  if (fixedIp.eui64_address === true) {
    const request = eui64Request((fixedIp.mac ?? port.mac_address) as string)
    if (isGiven(fixedIp.subnet_cidr))
      eui64In(parsePrefix(fixedIp.subnet_cidr, '/subnet_cidr'), request.mac)
    return request
  }
  return ownersServedInOrder.has(port.device_owner ?? '') ? nextAddress() : anyAddress()
}

function isGiven(text: string | null | undefined): text is string {
  return text !== null && text !== undefined && text !== ''
}
