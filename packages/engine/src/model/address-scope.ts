import type { IpVersion } from '@freehold/address'
import type { NamedInput, NamedRecord } from './record.ts'

/** A space in which subnets never overlap. */
export interface AddressScope extends NamedRecord {
  readonly ipVersion: IpVersion
  /** Other projects may use it for their subnet pools and subnets. */
  readonly shared: boolean
  readonly origin: AddressScopeOrigin
}

/**
 * `built-in`: the two scopes called `default`, one for each IP version, which exist from the first start.
 * `named`: made by a caller. `implicit`: made by the server for something that has its own space; not listed.
 */
export type AddressScopeOrigin = 'built-in' | 'named' | 'implicit'

export interface AddressScopeInput extends NamedInput {
  ipVersion: IpVersion
  shared?: boolean
  origin?: Exclude<AddressScopeOrigin, 'built-in'>
}

export interface AddressScopeChanges extends NamedInput {
  /** May be set, not taken back: others may rely on it. */
  shared?: boolean
}

/** Owner of the two built-in scopes; no caller has this project. */
export const builtInProjectId = 'freehold'
export const builtInScopeName = 'default'
