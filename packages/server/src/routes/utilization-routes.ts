import { defineRoute } from '../route-definition.ts'
import {
  subnetPoolUtilizationSchema,
  subnetUtilizationPageSchema,
  subnetUtilizationSchema,
  totalUtilizationSchema,
  utilizationQuerySchema,
  wireUtilization,
} from '../schemas/utilization-schemas.ts'
import { listArguments } from './list-arguments.ts'

const tag = 'Utilization'

export const utilizationRoutes = [
  defineRoute({
    operationId: 'getSubnetUtilization',
    method: 'GET',
    path: '/v1/subnets/{id}/utilization',
    noun: 'subnet',
    tag,
    summary: 'How full a subnet is',
    access: { rule: 'utilization:read' },
    success: { status: 200, description: 'Exact counts.', schema: subnetUtilizationSchema },
    handler: async ({ ipam, params }) =>
      wireUtilization(await ipam.utilization.ofSubnet(params.id)),
  }),
  defineRoute({
    operationId: 'getSubnetPoolUtilization',
    method: 'GET',
    path: '/v1/subnet-pools/{id}/utilization',
    noun: 'subnet-pool',
    tag,
    summary: 'How full a subnet pool is',
    access: { rule: 'utilization:read' },
    success: { status: 200, description: 'Exact counts.', schema: subnetPoolUtilizationSchema },
    handler: async ({ ipam, params }) =>
      wireUtilization(await ipam.utilization.ofSubnetPool(params.id)),
  }),
  defineRoute({
    operationId: 'getTotalUtilization',
    method: 'GET',
    path: '/v1/utilization',
    tag,
    summary: 'How full all visible subnets are together',
    access: { rule: 'utilization:read' },
    success: { status: 200, description: 'Exact counts.', schema: totalUtilizationSchema },
    handler: async ({ ipam }) => wireUtilization(await ipam.utilization.total()),
  }),
  defineRoute({
    operationId: 'listSubnetUtilization',
    method: 'GET',
    path: '/v1/utilization/subnets',
    tag,
    summary: 'How full each subnet is',
    description: 'The same filters, order and pages as the list of subnets.',
    access: { rule: 'utilization:read' },
    query: utilizationQuerySchema,
    success: { status: 200, description: 'One page.', schema: subnetUtilizationPageSchema },
    handler: async ({ ipam, query }) => {
      const { items, nextCursor } = await ipam.subnets.list(...listArguments(query))
      const utilization = await ipam.utilization.ofSubnets(items.map(({ id }) => id))
      return { items: utilization.map(wireUtilization), nextCursor }
    },
  }),
]
