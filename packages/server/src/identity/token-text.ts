import { createHash, randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'

const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const prefix = 'fh_'
const secretBytes = 32
// 62^43 is the first power of 62 above 2^256, and 62^6 the first above 2^32.
const secretDigits = 43
const checksumDigits = 6

/** What a token looks like; scanners for leaked secrets can search for it, and confirm by the checksum. */
export const tokenPattern = /^fh_[0-9A-Za-z]{49}$/

/** A new token: `fh_`, 256 bits of the operating system's CSPRNG in base 62, and a CRC-32 of all before it. */
export function newTokenText(): string {
  const secret = BigInt(`0x${randomBytes(secretBytes).toString('hex')}`)
  const body = `${prefix}${base62(secret, secretDigits)}`
  return `${body}${checksumOf(body)}`
}

/** Whether a text can be a token: its form and its checksum. Says nothing of whether the token exists. */
export function isTokenText(text: string): boolean {
  if (!tokenPattern.test(text)) return false
  return text.slice(-checksumDigits) === checksumOf(text.slice(0, -checksumDigits))
}

/** What is stored of a token: the SHA-256 of its text in hex. With 256 random bits in it, no salt or slow hash is needed. */
export function tokenDigest(text: string): string {
  return createHash('sha256').update(text, 'ascii').digest('hex')
}

function checksumOf(body: string): string {
  return base62(BigInt(crc32(body)), checksumDigits)
}

function base62(value: bigint, length: number): string {
  let text = ''
  for (let rest = value; rest > 0n; rest /= 62n) text = digits.charAt(Number(rest % 62n)) + text
  return text.padStart(length, '0')
}
