import type { Utilization } from '@freehold/engine'
import { Type } from 'typebox'
import { countSchema, pageOf, uuidSchema } from './field-schemas.ts'
import { subnetFilterFields } from './subnet-schemas.ts'

const counts = {
  capacity: countSchema('Addresses in the allocation pools.'),
  allocated: countSchema('Held.'),
  cooling: countSchema('Released, not yet handed out again.'),
  available: countSchema('Capacity less allocated and cooling.'),
  outsidePools: countSchema('Held outside the allocation pools; not part of allocated.'),
  ratio: Type.Number({
    minimum: 0,
    maximum: 1,
    description: '(allocated + cooling) / capacity; 0 for an empty capacity.',
  }),
}

export const subnetUtilizationSchema = Type.Object(
  { subnetId: uuidSchema('The subnet.'), ...counts },
  { title: 'SubnetUtilization', additionalProperties: false },
)

export const subnetUtilizationPageSchema = pageOf('SubnetUtilizationPage', subnetUtilizationSchema)

export const subnetPoolUtilizationSchema = Type.Object(
  {
    subnetPoolId: uuidSchema('The subnet pool.'),
    subnets: Type.Integer({ description: 'How many subnets are cut from it.' }),
    ...counts,
  },
  {
    title: 'SubnetPoolUtilization',
    description: 'In addresses of the prefixes; allocated are those cut into subnets.',
    additionalProperties: false,
  },
)

export const totalUtilizationSchema = Type.Object(
  { subnets: Type.Integer({ description: 'How many subnets there are.' }), ...counts },
  { title: 'TotalUtilization', additionalProperties: false },
)

export const utilizationQuerySchema = Type.Object(subnetFilterFields, {
  additionalProperties: false,
})

/** The counts as decimal strings. */
export function wireUtilization<T extends Utilization>(utilization: T) {
  const { capacity, allocated, cooling, available, outsidePools } = utilization
  return {
    ...utilization,
    capacity: String(capacity),
    allocated: String(allocated),
    cooling: String(cooling),
    available: String(available),
    outsidePools: String(outsidePools),
  }
}
