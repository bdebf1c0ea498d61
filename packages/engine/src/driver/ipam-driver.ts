import type { Ipam } from '../ipam-interface.ts'
import type { AddressRequest, SingleAddressRequest } from '../model/address-request.ts'
import type { AllocationAttributes } from '../model/allocation.ts'
import type { AddressRequestFactory } from './address-request-factory.ts'
import type { SpecificSubnetRequest, SubnetRequest } from './subnet-request.ts'
import type { SubnetRequestFactory } from './subnet-request-factory.ts'

/**
 * What a network control plane needs of an address manager, and nothing more: the seam at which another one can stand in
 * for ours. It follows the driver interface of Neutron, so that what is known of Neutron's drivers holds here.
 *
 * A driver is made for one operation or for many; it keeps no state of its own that a later one would miss. It throws
 * IpamError with the codes named below, because callers decide by them: a group of subnets goes on to the next one on
 * SUBNET_EXHAUSTED alone.
 */
export interface IpamDriver {
  /**
   * Makes a subnet. The handle's details say what was really given.
   * @throws IpamError INVALID_REQUEST for an `any` request when the driver has no subnet pool to cut from,
   *   SUBNET_POOL_EXHAUSTED, QUOTA_EXCEEDED, SUBNET_OVERLAP, ID_IN_USE.
   */
  allocateSubnet(request: SubnetRequest): Promise<DriverSubnet>
  /** Throws SUBNET_NOT_FOUND. */
  getSubnet(subnetId: string): Promise<DriverSubnet>
  /**
   * Changes the subnet that the request names by `subnetId`. Allocation pools that are null stay as they are, an empty list
   * leaves none; an absent gateway stays. Neutron calls this on every update of a subnet, also when nothing changed for the
   * driver: then nothing must be written.
   * @throws IpamError SUBNET_NOT_FOUND, INVALID_REQUEST without a `subnetId` or with another prefix.
   */
  updateSubnet(request: SpecificSubnetRequest): Promise<DriverSubnet>
  /** Throws SUBNET_NOT_FOUND, and SUBNET_IN_USE while addresses are held. */
  removeSubnet(subnetId: string): Promise<void>
  /** The candidate subnets of one address wanted, in the order in which they are tried. Reads nothing yet. */
  allocatorFor(subnetIds: readonly string[]): DriverSubnetGroup
  /**
   * True when what the driver did stays after the caller's transaction is undone, so that the caller has to take it back
   * by itself. False when the driver works in the caller's transaction.
   */
  readonly needsRollback: boolean
  /** How a subnet, described as in Neutron's API, becomes a request. */
  readonly subnetRequestFactory: SubnetRequestFactory
  /** How one wanted address of a port becomes a request. */
  readonly addressRequestFactory: AddressRequestFactory
}

/** One subnet of a driver. */
export interface DriverSubnet {
  readonly subnetId: string
  /**
   * Allocates one address and returns its text. The gateway is never given by `any` or `next`. The attributes, among them
   * the holder, are kept if the driver can.
   * @throws IpamError SUBNET_EXHAUSTED, ADDRESS_IN_USE, ADDRESS_RESERVED, ADDRESS_OUTSIDE_SUBNET, ADDRESS_NOT_ASSIGNABLE,
   *   IP_VERSION_MISMATCH, EUI64_NOT_POSSIBLE, INVALID_REQUEST for a bulk request.
   */
  allocate(request: SingleAddressRequest, attributes?: AllocationAttributes): Promise<string>
  /** As many different addresses as asked for, or an error and none. Any request kind may be given. */
  bulkAllocate(
    request: AddressRequest,
    attributes?: AllocationAttributes,
  ): Promise<readonly string[]>
  /** Gives an address back. One that nobody holds is no error: callers repeat a release that they got no answer for. */
  deallocate(address: string): Promise<void>
  /** What the subnet was when this handle was made. */
  details(): SpecificSubnetRequest
}

/** Several subnets of a driver, of which the first with room serves. */
export interface DriverSubnetGroup {
  /**
   * Goes on to the next subnet on SUBNET_EXHAUSTED only; any other error ends the attempt.
   * @throws IpamError ALL_SUBNETS_EXHAUSTED, also for an empty group, and what `DriverSubnet.allocate` throws.
   */
  allocate(
    request: SingleAddressRequest,
    attributes?: AllocationAttributes,
  ): Promise<{ readonly address: string; readonly subnetId: string }>
}

/** What a driver is made with. */
export interface DriverContext {
  /** The engine as the present operation sees it: its caller and, inside a joined transaction, that transaction. */
  readonly ipam: Ipam
  /** The pool from which `any` subnet requests are cut. */
  readonly subnetPoolId?: string
}

/** Where another driver plugs in: whoever serves a control plane asks for one of these and calls it for each operation. */
export type DriverFactory = (context: DriverContext) => IpamDriver
