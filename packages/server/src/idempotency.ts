import { hash } from 'node:crypto'
import { ApiError } from './api-error.ts'

/** Throws ApiError INVALID_HEADER unless the key is absent or 1 to 255 printable ASCII characters. */
export function readIdempotencyKey(header: string | string[] | undefined): string | undefined {
  if (header === undefined) return undefined
  if (typeof header === 'string' && /^[\x20-\x7e]{1,255}$/.test(header)) return header
  throw new ApiError(
    'INVALID_HEADER',
    'Idempotency-Key must be 1 to 255 printable ASCII characters.',
    { header: 'Idempotency-Key' },
  )
}

/**
 * Identifies a request by what it asks for: method, path with its parameters, query and body, whatever the order of keys
 * and the white space. Cost: linear in the body.
 */
export function requestFingerprint(
  method: string,
  path: string,
  query: object,
  body: unknown,
): string {
  return hash('sha256', `${method} ${path}\n${canonicalJson(query)}\n${canonicalJson(body)}`)
}

/** JSON with sorted keys. The input is parsed JSON, so it has no cycles and is at most 32 levels deep. */
export function canonicalJson(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  const members = Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`)
  return `{${members.join(',')}}`
}
