import { randomUUID } from 'node:crypto'
import {
  type Document,
  type DocumentFilter,
  type Ipam,
  IpamError,
  isIpamError,
  type ListOptions,
  type MutationOptions,
  type Page,
} from '@freehold/engine'
import { ApiError } from '../api-error.ts'
import { isProjectId, type Principal } from './principal.ts'
import { newTokenText, tokenDigest } from './token-text.ts'

/** What is told of a token. Its text is told once, to whoever makes it, and stored nowhere. */
export interface Token {
  readonly id: string
  readonly projectId: string
  readonly role: Principal['role']
  readonly description: string
  /** The same for a token and those that it was rotated into. */
  readonly familyId: string
  readonly createdAt: string
  /** null: never. */
  readonly expiresAt: string | null
  /** To the minute; null: not yet. */
  readonly lastUsedAt: string | null
  /** Who made it, where that is known. */
  readonly createdBy: string | null
}

export interface TokenInput {
  readonly role: Principal['role']
  /** Default: the caller's. */
  readonly projectId?: string
  readonly description?: string
  /** 1 to 315,360,000 (ten years); null: never expires. Default: a year. */
  readonly expiresInSeconds?: number | null
}

export interface NewToken {
  readonly token: Token
  /** The token's text. */
  readonly secret: string
}

interface TokenBody {
  readonly role: Principal['role']
  readonly expiresAt: string | null
  readonly lastUsedAt: string | null
  readonly createdBy: string | null
}

const collection = 'token'
const yearInSeconds = 31_536_000
const mostSeconds = 10 * yearInSeconds
const mostAlive = 2
// Keys of requests are ASCII, so nobody can use this one up before.
const firstTokenKey = '«first admin token»'

/**
 * Makes a token. One constant-cost write, told in the events without its text.
 * Throws IpamError INVALID_FIELD, and ApiError TOKEN_SECRET_SHOWN when the idempotency key made one before.
 */
export async function createToken(
  ipam: Ipam,
  input: TokenInput,
  options: MutationOptions,
): Promise<NewToken> {
  const projectId = input.projectId ?? ipam.caller.projectId
  if (!isProjectId(projectId))
    throw invalidField('/projectId', 'must be 1 to 255 visible ASCII characters, and not freehold')
  const lifetime = checkLifetime(input.expiresInSeconds)
  return insert(ipam, { ...input, projectId, familyId: randomUUID(), lifetime }, options)
}

/** Tokens that the caller may see: an administrator all of them, anybody else its own. */
export async function listTokens(
  ipam: Ipam,
  ownId: string | undefined,
  filter: { readonly projectId?: string; readonly familyId?: string },
  options: ListOptions,
): Promise<Page<Token>> {
  if (!ipam.caller.isAdmin && ownId === undefined) return { items: [], nextCursor: null }
  const { familyId, ...rest } = filter
  const page = await asServer(ipam).documents.list(
    collection,
    {
      ...rest,
      ...(familyId === undefined ? {} : { references: [familyId] }),
      ...(ipam.caller.isAdmin ? {} : { ids: [ownId as string] }),
    },
    options,
  )
  return { items: page.items.map(toToken), nextCursor: page.nextCursor }
}

/** Throws ApiError TOKEN_NOT_FOUND for what is missing and for what is not the caller's. */
export async function getToken(ipam: Ipam, ownId: string | undefined, id: string): Promise<Token> {
  if (!ipam.caller.isAdmin && id !== ownId) throw tokenNotFound()
  return toToken(await found(asServer(ipam).documents.get(collection, id)))
}

/** Ends a token at once; with `family` also those that were rotated from the same one. Throws TOKEN_NOT_FOUND. */
export async function revokeToken(ipam: Ipam, id: string, family: boolean): Promise<void> {
  await asServer(ipam).transaction(async (view) => {
    const { reference } = await found(view.documents.get(collection, id))
    await found(view.documents.delete(collection, id, { recordAs: 'token' }))
    if (!family || reference === null) return
    // Deleting waits for a rotation of that token to end, whose successor is seen only then: so until none is left.
    for (;;) {
      const { items } = await view.documents.list(
        collection,
        { references: [reference] },
        { limit: 1000 },
      )
      if (items.length === 0) return
      for (const one of items)
        await found(view.documents.delete(collection, one.id, { recordAs: 'token' }))
    }
  })
}

/**
 * Makes a second token like one that is the caller's, with a life as long. Both work until the first is revoked or
 * expires; a third would have to wait for that. Throws TOKEN_NOT_FOUND, TOKEN_ROTATION_OPEN.
 */
export async function rotateToken(
  ipam: Ipam,
  ownId: string | undefined,
  id: string,
  options: MutationOptions,
  now = Date.now(),
): Promise<NewToken> {
  if (!ipam.caller.isAdmin && id !== ownId) throw tokenNotFound()
  return asServer(ipam).transaction(async (view) => {
    const document = await found(view.documents.hold(collection, id, 'exclusive'))
    const { role, expiresAt } = document.body as unknown as TokenBody
    const familyId = document.reference ?? document.id
    let alive = 0
    for await (const one of everyToken(view, { references: [familyId] }))
      if (isAlive(one, now)) alive += 1
    if (alive >= mostAlive)
      throw new ApiError('TOKEN_ROTATION_OPEN', 'This token was rotated, and both are alive.', {
        fix: 'Revoke the one that is no longer used.',
      })
    const lifetime =
      expiresAt === null
        ? null
        : Math.ceil((Date.parse(expiresAt) - Date.parse(document.createdAt)) / 1000)
    const { projectId, name: description } = document
    return insert(view, { projectId, role, description, familyId, lifetime }, options)
  })
}

/**
 * Makes an admin token for ever where none is alive, and returns its text; undefined where there is one. Of servers that
 * start together on a new database one makes it, since they use one idempotency key.
 */
export async function createFirstToken(ipam: Ipam): Promise<string | undefined> {
  if (await hasToken(ipam, 'admin')) return undefined
  const input = {
    role: 'admin',
    description: 'first administrator',
    expiresInSeconds: null,
  } as const
  const key = { idempotencyKey: firstTokenKey, fingerprint: firstTokenKey }
  try {
    return (await createToken(ipam, input, key)).secret
  } catch (error) {
    if (error instanceof ApiError && error.code === 'TOKEN_SECRET_SHOWN') return undefined
    throw error
  }
}

/** Every token of a role that is alive; for those who must know whether there is any. Linear in the tokens. */
export async function hasToken(ipam: Ipam, role?: Principal['role']): Promise<boolean> {
  for await (const document of everyToken(asServer(ipam), {}))
    if (isAlive(document, Date.now()) && (role === undefined || toToken(document).role === role))
      return true
  return false
}

async function* everyToken(ipam: Ipam, filter: DocumentFilter): AsyncGenerator<Document> {
  for (let cursor: string | undefined; ; ) {
    const page = await ipam.documents.list(
      collection,
      filter,
      cursor === undefined ? { limit: 1000 } : { limit: 1000, cursor },
    )
    yield* page.items
    if (page.nextCursor === null) return
    cursor = page.nextCursor
  }
}

/** The stored document of a token's digest. One index probe. */
export async function findTokenByDigest(ipam: Ipam, digest: string): Promise<Document | undefined> {
  const { items } = await ipam.documents.list(collection, { uniqueKey: digest }, { limit: 1 })
  return items[0]
}

/** Writes down that a token was used; nothing when it is gone meanwhile. Tells no event. */
export async function recordTokenUse(ipam: Ipam, id: string, at: number): Promise<void> {
  try {
    const { body } = await ipam.documents.get(collection, id)
    const used = { ...(body as unknown as TokenBody), lastUsedAt: new Date(at).toISOString() }
    await ipam.documents.update(collection, id, { body: used }, { recordAs: null })
  } catch (error) {
    if (!isIpamError(error) || error.code !== 'DOCUMENT_NOT_FOUND') throw error
  }
}

export function toToken(document: Document): Token {
  const { role, expiresAt, lastUsedAt, createdBy } = document.body as unknown as TokenBody
  return {
    id: document.id,
    projectId: document.projectId,
    role,
    description: document.name,
    familyId: document.reference ?? document.id,
    createdAt: document.createdAt,
    expiresAt,
    lastUsedAt,
    createdBy,
  }
}

async function insert(
  ipam: Ipam,
  input: TokenInput & {
    readonly projectId: string
    readonly familyId: string
    readonly lifetime: number | null
  },
  options: MutationOptions,
): Promise<NewToken> {
  const { role, projectId, description = '', familyId, lifetime } = input
  const secret = newTokenText()
  const uniqueKey = tokenDigest(secret)
  const expiresAt = lifetime === null ? null : new Date(Date.now() + lifetime * 1000).toISOString()
  const createdBy = ipam.caller.actor ?? null
  const owner = ipam.as({ ...ipam.caller, projectId, isAdmin: true })
  const document = await owner.documents.create(
    {
      collection,
      name: description,
      reference: familyId,
      uniqueKey,
      body: { role, expiresAt, lastUsedAt: null, createdBy },
    },
    { ...options, recordAs: 'token' },
  )
  // A replay answers with the first document; its text was never stored and cannot be shown again.
  if (document.uniqueKey !== uniqueKey)
    throw new ApiError(
      'TOKEN_SECRET_SHOWN',
      'This request made a token before, and its text was shown then.',
      { tokenId: document.id, fix: 'Revoke that token, and make another with a new key.' },
    )
  return { token: toToken(document), secret }
}

// Tokens are the server's business: whose they are was checked by the caller of this.
function asServer(ipam: Ipam): Ipam {
  return ipam.caller.isAdmin ? ipam : ipam.as({ ...ipam.caller, isAdmin: true })
}

function isAlive(document: Document, now: number): boolean {
  const { expiresAt } = document.body as unknown as TokenBody
  return expiresAt === null || Date.parse(expiresAt) > now
}

async function found<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (isIpamError(error) && error.code === 'DOCUMENT_NOT_FOUND') throw tokenNotFound()
    throw error
  }
}

export function tokenNotFound(): ApiError {
  return new ApiError('TOKEN_NOT_FOUND', 'There is no such token.')
}

function checkLifetime(seconds: number | null | undefined): number | null {
  if (seconds === null) return null
  const value = seconds ?? yearInSeconds
  if (!Number.isInteger(value) || value < 1 || value > mostSeconds)
    throw invalidField('/expiresInSeconds', `must be an integer from 1 to ${mostSeconds}, or null`)
  return value
}

function invalidField(pointer: string, reason: string): IpamError {
  return new IpamError('INVALID_FIELD', `${pointer.slice(1)} ${reason}.`, { pointer })
}
