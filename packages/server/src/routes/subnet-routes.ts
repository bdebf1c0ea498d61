import { defineRoute } from '../route-definition.ts'
import {
  subnetChangesSchema,
  subnetDeletionQuerySchema,
  subnetInputSchema,
  subnetPageSchema,
  subnetQuerySchema,
  subnetSchema,
  updatedSubnetSchema,
} from '../schemas/subnet-schemas.ts'
import { listArguments } from './list-arguments.ts'

const tag = 'Subnets'

export const subnetRoutes = [
  defineRoute({
    operationId: 'listSubnets',
    method: 'GET',
    path: '/v1/subnets',
    tag,
    summary: 'List subnets',
    access: { rule: 'subnet:read' },
    query: subnetQuerySchema,
    success: { status: 200, description: 'One page.', schema: subnetPageSchema },
    handler: async ({ ipam, query }) => ipam.subnets.list(...listArguments(query)),
  }),
  defineRoute({
    operationId: 'createSubnet',
    method: 'POST',
    path: '/v1/subnets',
    tag,
    summary: 'Create a subnet',
    description: 'With a prefix of your own, or cut from a subnet pool.',
    access: { rule: 'subnet:write' },
    body: subnetInputSchema,
    hasRevision: true,
    success: { status: 201, description: 'The new subnet.', schema: subnetSchema },
    location: ({ id }) => `/v1/subnets/${id}`,
    handler: async ({ ipam, body, mutation }) => ipam.subnets.create(body, mutation),
  }),
  defineRoute({
    operationId: 'getSubnet',
    method: 'GET',
    path: '/v1/subnets/{id}',
    noun: 'subnet',
    tag,
    summary: 'Get a subnet',
    access: { rule: 'subnet:read' },
    hasRevision: true,
    success: { status: 200, description: 'The subnet.', schema: subnetSchema },
    handler: async ({ ipam, params }) => ipam.subnets.get(params.id),
  }),
  defineRoute({
    operationId: 'updateSubnet',
    method: 'PATCH',
    path: '/v1/subnets/{id}',
    noun: 'subnet',
    tag,
    summary: 'Change a subnet',
    description: 'Addresses held outside new allocation pools stay held, and are counted.',
    access: { rule: 'subnet:write' },
    body: subnetChangesSchema,
    hasRevision: true,
    success: { status: 200, description: 'The changed subnet.', schema: updatedSubnetSchema },
    handler: async ({ ipam, params: { id }, body, ifMatch }) => {
      const options = await ifMatch(() => ipam.subnets.get(id))
      const { subnet, heldOutsidePools } = await ipam.subnets.update(id, body, options)
      return { ...subnet, heldOutsidePools }
    },
  }),
  defineRoute({
    operationId: 'deleteSubnet',
    method: 'DELETE',
    path: '/v1/subnets/{id}',
    noun: 'subnet',
    tag,
    summary: 'Delete a subnet',
    description: 'Refused while addresses are held in it, unless cascade is true.',
    access: { rule: 'subnet:write' },
    query: subnetDeletionQuerySchema,
    hasRevision: true,
    success: { status: 204, description: 'It is gone.' },
    handler: async ({ ipam, params: { id }, query, ifMatch }) => {
      const options = await ifMatch(() => ipam.subnets.get(id))
      await ipam.subnets.delete(id, { ...options, ...query })
      return undefined
    },
  }),
]
