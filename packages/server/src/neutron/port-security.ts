import { AttributeReason, ipAddress, ipPrefix, macAddress } from './attribute-readers.ts'
import { conflict, httpBadRequest, NeutronError } from './neutron-error.ts'
import { pythonText } from './python-text.ts'
import { isObject } from './request-body.ts'

/** An address that a port may send from besides its own. Kept for whoever switches: there is no switching here. */
export interface AddressPair {
  readonly ip_address: string
  /** Absent in a request: the port's own. */
  readonly mac_address?: string
}

// Neutron's default.
const mostPairs = 10

/** The list of `allowed_address_pairs`; null is an empty one. Throws NeutronError. */
export function addressPairs(value: unknown): readonly AddressPair[] {
  if (value === null) return []
  if (!Array.isArray(value)) throw httpBadRequest('Allowed address pairs must be a list.')
  if (value.length > mostPairs)
    throw new NeutronError(
      400,
      'AllowedAddressPairExhausted',
      `The number of allowed address pair exceeds the maximum ${mostPairs}.`,
    )
  const seen = new Set<string>()
  return value.map((item) => {
    const pair = addressPair(item)
    const { ip_address: address, mac_address: mac } = pair
    const key = `${mac ?? ''} ${address}`
    if (seen.has(key))
      throw new NeutronError(
        400,
        'DuplicateAddressPairInRequest',
        `Request contains duplicate address pair: mac_address ${mac ?? 'None'} ip_address ${address}.`,
      )
    seen.add(key)
    return pair
  })
}

function addressPair(item: unknown): AddressPair {
  if (!isObject(item)) throw httpBadRequest(`'${pythonText(item)}' is not a dictionary`)
  const { ip_address: address, mac_address: mac, ...others } = item
  const [unknown] = Object.keys(others)
  if (unknown !== undefined)
    throw httpBadRequest(`Unrecognized attribute(s) '${pythonText(unknown)}'`)
  if (address === undefined)
    throw new NeutronError(
      400,
      'AllowedAddressPairsMissingIP',
      'AllowedAddressPair must contain ip_address',
    )
  return inItsOwnWords(() => ({
    ip_address:
      typeof address === 'string' && address.includes('/') ? ipPrefix(address) : ipAddress(address),
    ...(mac === undefined ? {} : { mac_address: macAddress(mac) }),
  }))
}

/** Pairs without a MAC address get the port's, as it is then. */
export function completePairs(
  pairs: readonly AddressPair[],
  macOfPort: string,
): readonly Required<AddressPair>[] {
  return pairs.map((pair) => ({
    mac_address: pair.mac_address ?? macOfPort,
    ip_address: pair.ip_address,
  }))
}

export interface SecurityState {
  readonly portSecurityEnabled: boolean
  readonly securityGroups: readonly string[]
  readonly allowedAddressPairs: readonly AddressPair[]
}

/**
 * Without port security a port has neither security groups nor address pairs. `givesGroups`: the request itself names groups.
 * Throws NeutronError.
 */
export function checkPortSecurity(port: SecurityState, givesGroups: boolean): void {
  if (port.portSecurityEnabled) return
  if (port.allowedAddressPairs.length > 0)
    throw conflict(
      'AddressPairAndPortSecurityRequired',
      'Port Security must be enabled in order to have allowed address pairs on a port.',
    )
  if (port.securityGroups.length === 0) return
  if (givesGroups)
    throw new NeutronError(
      400,
      'PortSecurityAndIPRequiredForSecurityGroups',
      'Port security must be enabled and port must have an IP address in order to use security groups.',
    )
  throw conflict(
    'PortSecurityPortHasSecurityGroup',
    'Port has security group associated. Cannot disable port security or IP address until security group is removed.',
  )
}

// Neutron does not say that such a value was one of an address pair.
function inItsOwnWords<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw error instanceof AttributeReason ? httpBadRequest(error.message) : error
  }
}
