import { type Ipam, isIpamError } from '@freehold/engine'
import type { Answer } from './history-record.ts'
import {
  type Call,
  CallFailure,
  type MadeSubnet,
  type NewSubnet,
  type NewSubnetPool,
  sentRequest,
  type TargetClient,
} from './target-client.ts'

/** Calls an opened engine. Every change carries the operation's id as its request id. */
export function engineClient(ipam: Ipam): TargetClient {
  return {
    perform: (call) => perform(ipam, call),
    createAddressScope: async (name, ipVersion) =>
      (await ipam.addressScopes.create({ name, ipVersion })).id,
    createSubnetPool: async (pool: NewSubnetPool) => (await ipam.subnetPools.create(pool)).id,
    createSubnet: async (subnet: NewSubnet): Promise<MadeSubnet> => ipam.subnets.create(subnet),
    listSubnetIds: async (subnetPoolId) =>
      (await ipam.subnets.list({ subnetPoolId })).items.map(({ id }) => id),
    listHeldAddresses: async (subnetId) =>
      (await ipam.allocations.list(subnetId, { state: 'allocated' })).items.map(
        ({ address }) => address,
      ),
    exportPlan: () => ipam.plans.export(),
    utilizationOf: async (subnetId) => {
      const counts = await ipam.utilization.ofSubnet(subnetId)
      return {
        capacity: counts.capacity.toString(),
        allocated: counts.allocated.toString(),
        cooling: counts.cooling.toString(),
        available: counts.available.toString(),
        outsidePools: counts.outsidePools.toString(),
      }
    },
    readEvents: (after) =>
      ipam.events.list({ limit: 1000, ...(after === undefined ? {} : { after }) }),
    check: () => ipam.check(),
    verifyAudit: async () => {
      // Without a server nobody seals but us.
      while ((await ipam.audit.seal()).sealed > 0);
      return ipam.audit.verify()
    },
    close: () => ipam.close(),
  }
}

async function perform(ipam: Ipam, call: Call): Promise<Answer> {
  const bound = ipam.as({
    projectId: call.projectId,
    isAdmin: true,
    requestId: call.operationId,
  })
  const options = call.idempotencyKey === null ? {} : { idempotencyKey: call.idempotencyKey }
  try {
    return await performOn(bound, call, options)
  } catch (error) {
    if (!isIpamError(error)) throw new CallFailure('NOT_AN_IPAM_ERROR', true, error)
    // Of an internal error nobody promises that it changed nothing.
    const isUnknown = error.code === 'OUTCOME_UNKNOWN' || error.kind === 'internal'
    throw new CallFailure(error.code, isUnknown, error)
  }
}

async function performOn(
  ipam: Ipam,
  { operation, operationId }: Call,
  options: { idempotencyKey?: string },
): Promise<Answer> {
  switch (operation.kind) {
    case 'allocate': {
      const { subnetIds, request, ttlSeconds } = operation
      const attributes = {
        holder: { kind: 'torture', id: operationId },
        ...(ttlSeconds === undefined ? {} : { ttlSeconds }),
      }
      const allocations = await ipam.allocations.allocate(
        subnetIds,
        sentRequest(request),
        attributes,
        options,
      )
      return {
        kind: 'allocate',
        subnetId: allocations[0]?.subnetId ?? '',
        addresses: allocations.map(({ address }) => address),
      }
    }
    case 'release':
      await ipam.allocations.release(operation.subnetId, operation.address, options)
      return { kind: 'done' }
    case 'get': {
      const found = await ipam.allocations.get(operation.subnetId, operation.address)
      return {
        kind: 'get',
        holderId: found.state === 'allocated' ? (found.holder?.id ?? null) : null,
      }
    }
    case 'create-subnet': {
      const { subnetPoolId, prefixLength } = operation
      const made = await ipam.subnets.create(
        { subnetPoolId, prefixLength, name: operationId, shared: true },
        options,
      )
      const { id, cidr, gateway, allocationPools } = made
      return { kind: 'create-subnet', subnetId: id, cidr, gateway, allocationPools }
    }
    case 'delete-subnet':
      await ipam.subnets.delete(operation.subnetId, { cascade: operation.cascade })
      return { kind: 'done' }
    case 'set-allocation-pools':
      await ipam.subnets.update(operation.subnetId, {
        allocationPools: operation.allocationPools,
      })
      return { kind: 'done' }
    case 'set-prefixes':
      await ipam.subnetPools.update(operation.subnetPoolId, { prefixes: operation.prefixes })
      return { kind: 'done' }
    case 'utilization': {
      const counts = await ipam.utilization.ofSubnet(operation.subnetId)
      return {
        kind: 'utilization',
        capacity: counts.capacity.toString(),
        allocated: counts.allocated.toString(),
        cooling: counts.cooling.toString(),
        available: counts.available.toString(),
      }
    }
    default:
      await ipam.reap()
      return { kind: 'done' }
  }
}
