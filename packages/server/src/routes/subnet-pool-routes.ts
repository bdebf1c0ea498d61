import { IpamError } from '@freehold/engine'
import { defineRoute } from '../route-definition.ts'
import {
  subnetPoolChangesSchema,
  subnetPoolInputSchema,
  subnetPoolPageSchema,
  subnetPoolPrefixesSchema,
  subnetPoolQuerySchema,
  subnetPoolSchema,
  wireSubnetPool,
  withQuota,
} from '../schemas/subnet-pool-schemas.ts'
import { listArguments } from './list-arguments.ts'

const tag = 'Subnet pools'

export const subnetPoolRoutes = [
  defineRoute({
    operationId: 'listSubnetPools',
    method: 'GET',
    path: '/v1/subnet-pools',
    tag,
    summary: 'List subnet pools',
    access: { rule: 'subnet-pool:read' },
    query: subnetPoolQuerySchema,
    success: { status: 200, description: 'One page.', schema: subnetPoolPageSchema },
    handler: async ({ ipam, query }) => {
      const { items, nextCursor } = await ipam.subnetPools.list(...listArguments(query))
      return { items: items.map(wireSubnetPool), nextCursor }
    },
  }),
  defineRoute({
    operationId: 'createSubnetPool',
    method: 'POST',
    path: '/v1/subnet-pools',
    tag,
    summary: 'Create a subnet pool',
    access: { rule: 'subnet-pool:write', adminFields: ['shared', 'isDefault'] },
    body: subnetPoolInputSchema,
    hasRevision: true,
    success: { status: 201, description: 'The new subnet pool.', schema: subnetPoolSchema },
    location: ({ id }) => `/v1/subnet-pools/${id}`,
    handler: async ({ ipam, body, mutation }) =>
      wireSubnetPool(await ipam.subnetPools.create(withQuota(body), mutation)),
  }),
  defineRoute({
    operationId: 'getSubnetPool',
    method: 'GET',
    path: '/v1/subnet-pools/{id}',
    noun: 'subnet-pool',
    tag,
    summary: 'Get a subnet pool',
    access: { rule: 'subnet-pool:read' },
    hasRevision: true,
    success: { status: 200, description: 'The subnet pool.', schema: subnetPoolSchema },
    handler: async ({ ipam, params }) => wireSubnetPool(await ipam.subnetPools.get(params.id)),
  }),
  defineRoute({
    operationId: 'updateSubnetPool',
    method: 'PATCH',
    path: '/v1/subnet-pools/{id}',
    noun: 'subnet-pool',
    tag,
    summary: 'Change a subnet pool',
    access: { rule: 'subnet-pool:write', adminFields: ['shared', 'isDefault'] },
    body: subnetPoolChangesSchema,
    hasRevision: true,
    success: { status: 200, description: 'The changed subnet pool.', schema: subnetPoolSchema },
    handler: async ({ ipam, params: { id }, body, ifMatch }) => {
      const options = await ifMatch(() => ipam.subnetPools.get(id))
      return wireSubnetPool(await ipam.subnetPools.update(id, withQuota(body), options))
    },
  }),
  defineRoute({
    operationId: 'changeSubnetPoolPrefixes',
    method: 'POST',
    path: '/v1/subnet-pools/{id}/prefixes',
    noun: 'subnet-pool',
    tag,
    summary: 'Add prefixes to a subnet pool, or remove some',
    description: 'A prefix that has subnets of the pool in it cannot be removed.',
    access: { rule: 'subnet-pool:write' },
    body: subnetPoolPrefixesSchema,
    hasRevision: true,
    success: { status: 200, description: 'The changed subnet pool.', schema: subnetPoolSchema },
    handler: async ({ ipam, params: { id }, body: { add, remove }, mutation }) => {
      if ((add === undefined) === (remove === undefined))
        throw new IpamError('INVALID_FIELD', 'The body must have either add or remove.', {
          pointer: '',
          fix: 'Send two requests, or PATCH the pool with its whole new list.',
        })
      const changed =
        add === undefined
          ? await ipam.subnetPools.removePrefixes(id, remove ?? [], mutation)
          : await ipam.subnetPools.addPrefixes(id, add, mutation)
      return wireSubnetPool(changed)
    },
  }),
  defineRoute({
    operationId: 'deleteSubnetPool',
    method: 'DELETE',
    path: '/v1/subnet-pools/{id}',
    noun: 'subnet-pool',
    tag,
    summary: 'Delete a subnet pool',
    description: 'Refused while there are subnets of it.',
    access: { rule: 'subnet-pool:write' },
    hasRevision: true,
    success: { status: 204, description: 'It is gone.' },
    handler: async ({ ipam, params: { id }, ifMatch }) => {
      await ipam.subnetPools.delete(id, await ifMatch(() => ipam.subnetPools.get(id)))
      return undefined
    },
  }),
]
