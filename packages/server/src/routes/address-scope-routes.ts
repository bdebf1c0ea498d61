import { defineRoute } from '../route-definition.ts'
import {
  addressScopeChangesSchema,
  addressScopeInputSchema,
  addressScopePageSchema,
  addressScopeQuerySchema,
  addressScopeSchema,
} from '../schemas/address-scope-schemas.ts'
import { listArguments } from './list-arguments.ts'

const tag = 'Address scopes'

export const addressScopeRoutes = [
  defineRoute({
    operationId: 'listAddressScopes',
    method: 'GET',
    path: '/v1/address-scopes',
    tag,
    summary: 'List address scopes',
    access: { rule: 'address-scope:read' },
    query: addressScopeQuerySchema,
    success: { status: 200, description: 'One page.', schema: addressScopePageSchema },
    handler: async ({ ipam, query }) => ipam.addressScopes.list(...listArguments(query)),
  }),
  defineRoute({
    operationId: 'createAddressScope',
    method: 'POST',
    path: '/v1/address-scopes',
    tag,
    summary: 'Create an address scope',
    access: { rule: 'address-scope:write', adminFields: ['shared'] },
    body: addressScopeInputSchema,
    hasRevision: true,
    success: { status: 201, description: 'The new address scope.', schema: addressScopeSchema },
    location: ({ id }) => `/v1/address-scopes/${id}`,
    handler: async ({ ipam, body, mutation }) => ipam.addressScopes.create(body, mutation),
  }),
  defineRoute({
    operationId: 'getAddressScope',
    method: 'GET',
    path: '/v1/address-scopes/{id}',
    noun: 'address-scope',
    tag,
    summary: 'Get an address scope',
    access: { rule: 'address-scope:read' },
    hasRevision: true,
    success: { status: 200, description: 'The address scope.', schema: addressScopeSchema },
    handler: async ({ ipam, params }) => ipam.addressScopes.get(params.id),
  }),
  defineRoute({
    operationId: 'updateAddressScope',
    method: 'PATCH',
    path: '/v1/address-scopes/{id}',
    noun: 'address-scope',
    tag,
    summary: 'Change an address scope',
    access: { rule: 'address-scope:write', adminFields: ['shared'] },
    body: addressScopeChangesSchema,
    hasRevision: true,
    success: { status: 200, description: 'The changed address scope.', schema: addressScopeSchema },
    handler: async ({ ipam, params: { id }, body, ifMatch }) =>
      ipam.addressScopes.update(id, body, await ifMatch(() => ipam.addressScopes.get(id))),
  }),
  defineRoute({
    operationId: 'deleteAddressScope',
    method: 'DELETE',
    path: '/v1/address-scopes/{id}',
    noun: 'address-scope',
    tag,
    summary: 'Delete an address scope',
    description: 'Refused while subnet pools or subnets use it.',
    access: { rule: 'address-scope:write' },
    hasRevision: true,
    success: { status: 204, description: 'It is gone.' },
    handler: async ({ ipam, params: { id }, ifMatch }) => {
      await ipam.addressScopes.delete(id, await ifMatch(() => ipam.addressScopes.get(id)))
      return undefined
    },
  }),
]
