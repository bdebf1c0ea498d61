import { defineRoute } from '../route-definition.ts'
import {
  allocationInputSchema,
  allocationPageSchema,
  allocationQuerySchema,
  allocationSchema,
  allocationsSchema,
  holderQuerySchema,
  multiSubnetAllocationInputSchema,
} from '../schemas/allocation-schemas.ts'
import { listArguments } from './list-arguments.ts'

const tag = 'Allocations'

export const allocationRoutes = [
  defineRoute({
    operationId: 'listAllocations',
    method: 'GET',
    path: '/v1/subnets/{id}/allocations',
    noun: 'subnet',
    tag,
    summary: 'List the addresses held in a subnet',
    access: { rule: 'allocation:read' },
    query: allocationQuerySchema,
    success: { status: 200, description: 'One page.', schema: allocationPageSchema },
    handler: async ({ ipam, params, query }) =>
      ipam.allocations.list(params.id, ...listArguments(query)),
  }),
  defineRoute({
    operationId: 'allocateAddresses',
    method: 'POST',
    path: '/v1/subnets/{id}/allocations',
    noun: 'subnet',
    tag,
    summary: 'Allocate addresses in a subnet',
    description: 'All or none. The answer is always a list.',
    access: { rule: 'allocation:allocate' },
    body: allocationInputSchema,
    success: { status: 201, description: 'The allocations.', schema: allocationsSchema },
    handler: async ({ ipam, params, body: { request, ...attributes }, mutation }) => ({
      allocations: await ipam.allocations.allocate(params.id, request, attributes, mutation),
    }),
  }),
  defineRoute({
    operationId: 'allocateAddressesAcrossSubnets',
    method: 'POST',
    path: '/v1/allocations',
    tag,
    summary: 'Allocate addresses in the first subnet that has room',
    access: { rule: 'allocation:allocate' },
    body: multiSubnetAllocationInputSchema,
    success: { status: 201, description: 'The allocations.', schema: allocationsSchema },
    handler: async ({ ipam, body: { subnetIds, request, ...attributes }, mutation }) => ({
      allocations: await ipam.allocations.allocate(subnetIds, request, attributes, mutation),
    }),
  }),
  defineRoute({
    operationId: 'listAllocationsOfHolder',
    method: 'GET',
    path: '/v1/allocations',
    tag,
    summary: 'List what a holder holds, in all subnets',
    access: { rule: 'allocation:read' },
    query: holderQuerySchema,
    success: { status: 200, description: 'All of them.', schema: allocationsSchema },
    handler: async ({ ipam, query }) => ({
      allocations: await ipam.allocations.listByHolder(query.holderKind, query.holderId),
    }),
  }),
  defineRoute({
    operationId: 'getAllocation',
    method: 'GET',
    path: '/v1/subnets/{id}/allocations/{address}',
    noun: 'subnet',
    tag,
    summary: 'Get the allocation of an address',
    access: { rule: 'allocation:read' },
    success: { status: 200, description: 'The allocation.', schema: allocationSchema },
    handler: async ({ ipam, params }) => ipam.allocations.get(params.id, params.address),
  }),
  defineRoute({
    operationId: 'releaseAddress',
    method: 'DELETE',
    path: '/v1/subnets/{id}/allocations/{address}',
    noun: 'subnet',
    tag,
    summary: 'Release an address',
    description: 'An address that is not held is 404. Any spelling of the address will do.',
    access: { rule: 'allocation:release' },
    success: { status: 204, description: 'It is released.' },
    handler: async ({ ipam, params: { id, address }, ifMatch }) => {
      await ifMatch(async () => {
        await ipam.allocations.get(id, address)
        // An allocation has no revision, so no entity tag names it.
        return {}
      })
      await ipam.allocations.release(id, address)
      return undefined
    },
  }),
]
