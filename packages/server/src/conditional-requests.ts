import { IpamError } from '@freehold/engine'
import { ApiError } from './api-error.ts'

/** The strong validator of a record in its current revision. */
export function entityTag(revision: number): string {
  return `"${revision}"`
}

interface EntityTag {
  readonly tag: string
  readonly isWeak: boolean
}

// RFC 9110, section 8.8.3: opaque-tag is a quoted string of visible characters without quotes.
const tagPattern = /^(W\/)?("[\x21\x23-\x7e\x80-\xff]*")$/

/** `*`, or the tags of an If-Match or If-None-Match header. Throws ApiError INVALID_HEADER. */
function readTags(header: string, name: string): '*' | readonly EntityTag[] {
  if (header.trim() === '*') return '*'
  const tags: EntityTag[] = []
  for (const member of header.split(',')) {
    const text = member.trim()
    if (text === '') continue
    const match = tagPattern.exec(text)
    if (match?.[2] === undefined)
      throw new ApiError('INVALID_HEADER', `${name} must be * or a list of quoted entity tags.`, {
        header: name,
      })
    tags.push({ tag: match[2], isWeak: match[1] !== undefined })
  }
  return tags
}

/**
 * The revision that an update or deletion must find, from If-Match (RFC 9110, section 13.1.1: strong comparison, so a weak
 * tag never matches). Undefined: any. Where the header names exactly one revision, the record is not read: the engine compares.
 * For a record without revisions, `hasRevision` false, nothing but `*` matches.
 * @throws IpamError STALE_REVISION when no tag matches, and what `current` throws; ApiError INVALID_HEADER.
 */
export async function expectedRevision(
  header: string | undefined,
  current: () => Promise<{ readonly revision?: number }>,
  hasRevision = true,
): Promise<number | undefined> {
  if (header === undefined) return undefined
  const tags = readTags(header, 'If-Match')
  if (tags === '*') return undefined
  const strong = tags.filter(({ isWeak }) => !isWeak).map(({ tag }) => tag)
  const only = strong.length === 1 ? /^"([1-9][0-9]{0,14})"$/.exec(strong[0] ?? '') : null
  if (only !== null && hasRevision) return Number(only[1])
  // A missing record is told as missing, not as changed (section 13.2.1).
  const { revision } = await current()
  if (revision !== undefined && strong.includes(entityTag(revision))) return revision
  throw new IpamError('STALE_REVISION', 'The record has another revision than If-Match asks for.', {
    fix: 'Read the record again and decide anew.',
    ...(revision === undefined ? {} : { revision }),
  })
}

/** Whether If-None-Match says that the caller has this very revision (weak comparison). */
export function isUnchanged(header: string | undefined, revision: number): boolean {
  if (header === undefined) return false
  const tags = readTags(header, 'If-None-Match')
  return tags === '*' || tags.some(({ tag }) => tag === entityTag(revision))
}
