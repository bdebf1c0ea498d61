import {
  createToken,
  getToken,
  listTokens,
  type NewToken,
  revokeToken,
  rotateToken,
} from '../identity/token-records.ts'
import { defineRoute } from '../route-definition.ts'
import {
  newTokenSchema,
  tokenInputSchema,
  tokenPageSchema,
  tokenQuerySchema,
  tokenRevocationQuerySchema,
  tokenSchema,
} from '../schemas/token-schemas.ts'
import { listArguments } from './list-arguments.ts'

const tag = 'Tokens'

export const tokenRoutes = [
  defineRoute({
    operationId: 'listTokens',
    method: 'GET',
    path: '/v1/tokens',
    tag,
    summary: 'List tokens',
    description: 'An administrator sees all of them, anybody else the one that it shows.',
    access: { rule: 'token:read' },
    query: tokenQuerySchema,
    success: { status: 200, description: 'One page.', schema: tokenPageSchema },
    handler: async ({ ipam, tokenId, query }) => listTokens(ipam, tokenId, ...listArguments(query)),
  }),
  defineRoute({
    operationId: 'createToken',
    method: 'POST',
    path: '/v1/tokens',
    tag,
    summary: 'Make a token',
    description:
      'The answer holds its text, once. A replay by idempotency key is refused (409), since the text is stored nowhere.',
    access: { rule: 'token:write' },
    body: tokenInputSchema,
    success: { status: 201, description: 'The new token.', schema: newTokenSchema },
    location: ({ id }) => `/v1/tokens/${id}`,
    handler: async ({ ipam, body, mutation }) => wireToken(await createToken(ipam, body, mutation)),
  }),
  defineRoute({
    operationId: 'getToken',
    method: 'GET',
    path: '/v1/tokens/{id}',
    noun: 'token',
    tag,
    summary: 'Get a token',
    access: { rule: 'token:read' },
    success: { status: 200, description: 'The token, without its text.', schema: tokenSchema },
    handler: async ({ ipam, tokenId, params }) => getToken(ipam, tokenId, params.id),
  }),
  defineRoute({
    operationId: 'revokeToken',
    method: 'DELETE',
    path: '/v1/tokens/{id}',
    noun: 'token',
    tag,
    summary: 'Revoke a token',
    description: 'Within a second it opens nothing any more, on any server.',
    access: { rule: 'token:write' },
    query: tokenRevocationQuerySchema,
    success: { status: 204, description: 'It is revoked.' },
    handler: async ({ ipam, params, query }) => {
      await revokeToken(ipam, params.id, query.family === true)
      return undefined
    },
  }),
  defineRoute({
    operationId: 'rotateToken',
    method: 'POST',
    path: '/v1/tokens/{id}/rotation',
    noun: 'token',
    tag,
    summary: 'Make the successor of a token',
    description:
      'With the same role, project and length of life. Both work until the old one is revoked or expires. A caller may do this with the token that it shows; an administrator with any.',
    access: { rule: 'token:rotate' },
    success: { status: 201, description: 'The successor.', schema: newTokenSchema },
    location: ({ id }) => `/v1/tokens/${id}`,
    handler: async ({ ipam, tokenId, params, mutation }) =>
      wireToken(await rotateToken(ipam, tokenId, params.id, mutation)),
  }),
]

function wireToken({ token, secret }: NewToken) {
  return { ...token, secret }
}
