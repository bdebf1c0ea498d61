import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto'
import { IpamError } from '../errors.ts'
import type { ListPosition } from '../store/sql/list-query.ts'

const ivBytes = 12
const tagBytes = 12
// Keys of rows grow with what everybody stores; a length that does not follow them keeps that to ourselves.
const paddedTo = 32
const eventFeed = 'events'

/**
 * Makes cursors that nobody else can make or read: a position holds the database's own row numbers, from which one tenant
 * could count what others do. AES-256-GCM, bound to the list that the cursor belongs to. The key is stored in the
 * database, so that every server on it takes every cursor.
 */
export class CursorSealer {
  readonly #key: Buffer
  readonly #ivKey: Buffer

  constructor(key: string) {
    const secret = Buffer.from(key, 'base64url')
    this.#key = createHmac('sha256', secret).update('cursor').digest()
    this.#ivKey = createHmac('sha256', secret).update('cursor iv').digest()
  }

  /** `list` names the list with its filters and order. The same position in it always has the same cursor. */
  seal(list: string, position: ListPosition): string {
    const text = JSON.stringify([encode(position.value), encode(position.key)])
    return this.#encrypt(list, text, this.#ivOf(list, text))
  }

  /** Throws INVALID_CURSOR unless `seal` made the cursor for the same list. */
  open(list: string, cursor: string): ListPosition {
    const text = this.#decrypt(list, cursor)
    if (text === null)
      throw new IpamError('INVALID_CURSOR', 'The cursor was not issued for this list.', {
        pointer: '/cursor',
        fix: 'Start without a cursor, and keep filters and order while paging.',
      })
    const [value, key] = JSON.parse(text) as [Encoded, Encoded]
    return { value: decode(value), key: decode(key) }
  }

  /** The cursor of one event: always the same for it. */
  sealEvent(id: number): string {
    return this.#encrypt(eventFeed, String(id), this.#ivOf(eventFeed, String(id)))
  }

  /** A cursor for how far the feed was read: never the same twice, so that it does not tell whether others were busy. */
  sealEventPosition(id: number): string {
    return this.#encrypt(eventFeed, String(id), randomBytes(ivBytes))
  }

  /** Throws INVALID_CURSOR unless the cursor is one of the event feed's. */
  openEvent(cursor: string): number {
    const text = this.#decrypt(eventFeed, cursor)
    if (text === null)
      throw new IpamError('INVALID_CURSOR', 'The cursor was not issued for the event feed.', {
        pointer: '/after',
        fix: 'Start without a cursor.',
      })
    return Number(text)
  }

  // Made of the text under a key of its own: no two texts share one, as with RFC 8452, and a text keeps the one it has.
  #ivOf(list: string, text: string): Buffer {
    const digest = createHmac('sha256', this.#ivKey).update(`${list}\n${text}`).digest()
    return digest.subarray(0, ivBytes)
  }

  #encrypt(list: string, text: string, iv: Buffer): string {
    const cipher = createCipheriv('aes-256-gcm', this.#key, iv, { authTagLength: tagBytes })
    cipher.setAAD(Buffer.from(list))
    const body = text.padEnd(Math.ceil(text.length / paddedTo) * paddedTo)
    const sealed = [cipher.update(body, 'utf8'), cipher.final()]
    return Buffer.concat([iv, cipher.getAuthTag(), ...sealed]).toString('base64url')
  }

  #decrypt(list: string, cursor: string): string | null {
    const bytes = Buffer.from(String(cursor).slice(0, 4096), 'base64url')
    if (bytes.length <= ivBytes + tagBytes) return null
    const iv = bytes.subarray(0, ivBytes)
    const decipher = createDecipheriv('aes-256-gcm', this.#key, iv, { authTagLength: tagBytes })
    decipher.setAAD(Buffer.from(list))
    decipher.setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes))
    const text = decipher.update(bytes.subarray(ivBytes + tagBytes))
    try {
      return Buffer.concat([text, decipher.final()]).toString('utf8').trimEnd()
    } catch {
      return null
    }
  }
}

type Encoded = string | number | null | { bytes: string }

function encode(value: ListPosition['value']): Encoded {
  if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString('base64url') }
  return typeof value === 'bigint' ? value.toString() : value
}

function decode(value: Encoded): ListPosition['value'] {
  return typeof value === 'object' && value !== null ? Buffer.from(value.bytes, 'base64url') : value
}
