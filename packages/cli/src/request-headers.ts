/** The header that makes a POST safe to send again, where a key is given. */
export function idempotencyHeader(key: string | undefined): { headers?: Record<string, string> } {
  return key === undefined ? {} : { headers: { 'idempotency-key': key } }
}

/**
 * Path and header of a change that must only be made to the record as it was read: what somebody else changed meanwhile is
 * not overwritten.
 */
export function ifUnchanged({ id, revision }: { id: string; revision: number }) {
  return {
    params: { path: { id } },
    headers: { 'if-match': `"${revision}"` },
  }
}
