import { createHmac, timingSafeEqual } from 'node:crypto'
import { IpamError } from '../errors.ts'
import type { ListPosition } from '../store/sql/list-query.ts'

const macBytes = 12

/**
 * Makes page cursors that say nothing and can't be made by others: the position with a keyed hash over it and the list
 * that it belongs to. The key is stored in the database, so that every server on it takes every cursor.
 */
export class CursorSealer {
  readonly #key: Buffer

  constructor(key: string) {
    this.#key = Buffer.from(key, 'base64url')
  }

  /** `list` names the list with its filters and order. */
  seal(list: string, position: ListPosition): string {
    const body = Buffer.from(JSON.stringify([encode(position.value), encode(position.key)]))
    return Buffer.concat([this.#mac(list, body), body]).toString('base64url')
  }

  /** Throws INVALID_CURSOR unless `seal` made the cursor for the same list. */
  open(list: string, cursor: string): ListPosition {
    const bytes = Buffer.from(String(cursor).slice(0, 4096), 'base64url')
    const body = bytes.subarray(macBytes)
    const mac = bytes.subarray(0, macBytes)
    if (mac.length < macBytes || !timingSafeEqual(mac, this.#mac(list, body)))
      throw new IpamError('INVALID_CURSOR', 'The cursor was not issued for this list.', {
        pointer: '/cursor',
        fix: 'Start without a cursor, and keep filters and order while paging.',
      })
    const [value, key] = JSON.parse(body.toString()) as [Encoded, Encoded]
    return { value: decode(value), key: decode(key) }
  }

  #mac(list: string, body: Buffer): Buffer {
    return createHmac('sha256', this.#key)
      .update(`${list}\n`)
      .update(body)
      .digest()
      .subarray(0, macBytes)
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
