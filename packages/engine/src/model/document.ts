import { checkText } from './record.ts'

/** Anything that JSON can say; how a host application's own fields are kept. */
export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue }

/**
 * A record of the application around the engine (a network, a port, a container), kept in the engine's database so that
 * it changes in one transaction with subnets and addresses. The engine gives its fields no meaning.
 */
export interface Document {
  /** What it is one of: a word that the application chooses, such as `port`. */
  readonly collection: string
  /** Unique in its collection. */
  readonly id: string
  readonly projectId: string
  readonly name: string
  /** What it belongs to, in the application's own terms; lists filter by it. */
  readonly parentId: string | null
  /** A second thing that lists filter by. */
  readonly reference: string | null
  /** No other document of the collection has the same; null: nothing to guard. */
  readonly uniqueKey: string | null
  /** Other projects may read it. */
  readonly shared: boolean
  readonly body: JsonValue
  readonly createdAt: string
  readonly updatedAt: string
  /** Starts at 1 and grows by one with every change. */
  readonly revision: number
}

export interface DocumentChanges {
  name?: string
  parentId?: string | null
  reference?: string | null
  uniqueKey?: string | null
  shared?: boolean
  /** The whole new body. */
  body?: JsonValue
}

export interface DocumentInput extends DocumentChanges {
  collection: string
  /** Default: a new UUID. */
  id?: string
}

/** Lists match every field that is given, and any value where a field takes several (at most 1,000). */
export interface DocumentFilter {
  ids?: readonly string[]
  name?: string
  projectId?: string
  parentIds?: readonly string[]
  references?: readonly string[]
  uniqueKey?: string
}

export interface DocumentListOptions {
  /** 1 to 1,000; default 100. */
  limit?: number
  cursor?: string
  /** `createdAt` (default), `name` or `id`, with a leading `-` for descending order. */
  sort?: string
  /** Starts behind this document instead of at a cursor. */
  afterId?: string
}

/** Keys are indexed, so they are text of 1 to 255 characters. Throws IpamError INVALID_FIELD. */
export function checkKey(value: string | null | undefined, pointer: string): string | null {
  return value === undefined || value === null ? null : checkText(value, pointer)
}
