import { defineRoute } from '../route-definition.ts'
import {
  addressHistoryQuerySchema,
  addressHistorySchema,
  addressKnowledgeSchema,
} from '../schemas/address-schemas.ts'
import type { HolderWire } from '../schemas/allocation-schemas.ts'
import { wireSubnetPool } from '../schemas/subnet-pool-schemas.ts'

const tag = 'Addresses'

export const addressRoutes = [
  defineRoute({
    operationId: 'getAddress',
    method: 'GET',
    path: '/v1/addresses/{address}',
    tag,
    summary: 'What is known of an address now',
    description: 'In every scope that the caller may see. Any spelling of the address will do.',
    access: { rule: 'address:read' },
    success: { status: 200, description: 'What is known.', schema: addressKnowledgeSchema },
    handler: async ({ ipam, params }) => {
      const knowledge = await ipam.addresses.lookup(params.address)
      return { ...knowledge, subnetPools: knowledge.subnetPools.map(wireSubnetPool) }
    },
  }),
  defineRoute({
    operationId: 'getAddressHistory',
    method: 'GET',
    path: '/v1/addresses/{address}/history',
    tag,
    summary: 'Who held an address, and when',
    access: { rule: 'address:read' },
    query: addressHistoryQuerySchema,
    success: { status: 200, description: 'Oldest first.', schema: addressHistorySchema },
    handler: async ({ ipam, params, query }) => {
      const tenures = await ipam.addresses.history(params.address, query)
      return {
        items: tenures.map((tenure) => ({ ...tenure, holder: tenure.holder as HolderWire | null })),
      }
    },
  }),
]
