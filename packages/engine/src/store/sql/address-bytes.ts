// Without a DataView: it would give each small array a buffer of its own first, which costs more than all the rest.

/** The order of two addresses as the databases have it: negative, zero or positive. Both have 16 bytes. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  for (let at = 0; at < a.length; at += 1) {
    const difference = (a[at] as number) - (b[at] as number)
    if (difference !== 0) return difference
  }
  return 0
}

/** Four bytes of an array from a position on, big-endian, as a number from 0 to 2^32 - 1. */
export function uint32At(bytes: Uint8Array, at: number): number {
  const high = ((bytes[at] as number) << 8) | (bytes[at + 1] as number)
  const low = ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number)
  return high * 0x1_0000 + low
}

/** Sixteen bytes of an array from a position on, big-endian, as a number from 0 to 2^128 - 1. */
export function uint128At(bytes: Uint8Array, at: number): bigint {
  const first = (BigInt(uint32At(bytes, at)) << 32n) | BigInt(uint32At(bytes, at + 4))
  const last = (BigInt(uint32At(bytes, at + 8)) << 32n) | BigInt(uint32At(bytes, at + 12))
  return (first << 64n) | last
}

/** The bytes as hexadecimal digits, two for each. */
export function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')
}
