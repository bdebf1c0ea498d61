import { dataOf, type FreeholdClient } from '@freehold/client'
import { allPages } from '../api-pages.ts'
import type { NewToken, Token } from '../api-records.ts'
import type { CommandContext } from '../command-context.ts'
import { CommandError, usageError } from '../command-error.ts'
import type { ConfirmationOptions } from '../confirmation.ts'
import type { Column } from '../output/column.ts'
import { printJson, printRecord, printRecords } from '../output/record-output.ts'
import { deleteRecords } from '../record-deletion.ts'
import { givenFields } from '../request-fields.ts'

const tokenColumns: readonly Column<Token>[] = [
  { key: 'id', title: 'Id', value: ({ id }) => id },
  { key: 'role', title: 'Role', value: ({ role }) => role },
  { key: 'projectId', title: 'Project', value: ({ projectId }) => projectId },
  { key: 'description', title: 'Description', value: ({ description }) => description },
  { key: 'familyId', recordTitle: 'Family', value: ({ familyId }) => familyId },
  { key: 'createdAt', title: 'Since', value: ({ createdAt }) => createdAt },
  {
    key: 'expiresAt',
    title: 'Until',
    value: ({ expiresAt }) => expiresAt,
    display: ({ expiresAt }) => expiresAt ?? 'no end',
  },
  {
    key: 'lastUsedAt',
    title: 'Last used',
    value: ({ lastUsedAt }) => lastUsedAt,
    display: ({ lastUsedAt }) => lastUsedAt ?? 'never',
  },
  { key: 'createdBy', recordTitle: 'Made by', value: ({ createdBy }) => createdBy },
]

export interface TokenCreateOptions {
  readonly role: Token['role']
  /** The project of the new token; the global --project is who makes it. */
  readonly forProject?: string
  readonly description?: string
  /** Seconds; null: never. */
  readonly expiresIn?: number | null
}

export async function createToken(
  context: CommandContext,
  { role, forProject: projectId, description, expiresIn: expiresInSeconds }: TokenCreateOptions,
): Promise<void> {
  const { client } = await context.connect()
  const token = await dataOf(
    client.POST('/v1/tokens', {
      body: { role, ...givenFields({ projectId, description, expiresInSeconds }) },
    }),
  )
  printNewToken(context, token)
}

export interface InitOptions {
  readonly another?: boolean
  readonly description?: string
}

/** Makes the database where it is missing, and the first administrator's token. */
export async function initialize(
  context: CommandContext,
  { another = false, description = 'first administrator' }: InitOptions,
): Promise<void> {
  if (context.options.server !== undefined)
    throw usageError('init works on a store, not on a server.', 'Use --store in place of --server.')
  const { client } = await context.connect()
  if (!another && (await hasAdminToken(client)))
    throw new CommandError('conflict', 'ALREADY_INITIALIZED', 'There is an admin token already.', {
      fix: 'Use it, or make one more with freehold init --another.',
    })
  const token = await dataOf(
    client.POST('/v1/tokens', { body: { role: 'admin', description, expiresInSeconds: null } }),
  )
  printNewToken(context, token)
}

async function hasAdminToken(client: FreeholdClient): Promise<boolean> {
  const tokens = await allPages<Token>(undefined, (page) =>
    dataOf(client.GET('/v1/tokens', { params: { query: page } })),
  )
  const now = Date.now()
  return tokens.items.some(
    ({ role, expiresAt }) =>
      role === 'admin' && (expiresAt === null || Date.parse(expiresAt) > now),
  )
}

export interface TokenListOptions {
  readonly forProject?: string
  readonly limit?: number
}

export async function listTokens(
  context: CommandContext,
  { forProject: projectId, limit }: TokenListOptions,
): Promise<void> {
  const { client } = await context.connect()
  const list = await allPages<Token>(limit, (page) =>
    dataOf(
      client.GET('/v1/tokens', { params: { query: { ...givenFields({ projectId }), ...page } } }),
    ),
  )
  printRecords(context, list, tokenColumns, 'tokens')
}

export async function showToken(context: CommandContext, id: string): Promise<void> {
  const { client } = await context.connect()
  printRecord(context, await tokenBy(client, id), tokenColumns)
}

export async function rotateToken(context: CommandContext, id: string): Promise<void> {
  const { client } = await context.connect()
  const token = await dataOf(client.POST('/v1/tokens/{id}/rotation', { params: { path: { id } } }))
  printNewToken(context, token)
  context.remark('The old one still works; revoke it when nothing uses it any more.')
}

export interface TokenRevokeOptions extends ConfirmationOptions {
  readonly family?: boolean
}

export async function revokeTokens(
  context: CommandContext,
  ids: readonly string[],
  options: TokenRevokeOptions,
): Promise<void> {
  const { client } = await context.connect()
  const tokens: Token[] = []
  for (const id of ids) tokens.push(await tokenBy(client, id))
  const query = givenFields({ family: options.family })
  const describe = (token: Token) =>
    options.family
      ? `${nameOf(token)} with all that were rotated from the same token`
      : nameOf(token)
  await deleteRecords(context, 'revoke', 'token', tokens, describe, options, ({ id }) =>
    dataOf(client.DELETE('/v1/tokens/{id}', { params: { path: { id }, query } })),
  )
}

function tokenBy(client: FreeholdClient, id: string): Promise<Token> {
  return dataOf(client.GET('/v1/tokens/{id}', { params: { path: { id } } }))
}

// The token alone goes to standard output, so that a script can take it from there.
function printNewToken(context: CommandContext, token: NewToken): void {
  if (context.options.output === 'json') return printJson(context, token)
  context.print([token.secret])
  context.remark(
    `This ${token.role} token of project ${token.projectId} is shown once and stored nowhere. Its id is ${token.id}.`,
  )
}

function nameOf({ id, description }: Token): string {
  return description === '' ? id : `${id} (${description})`
}
