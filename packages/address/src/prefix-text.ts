import { AddressError, quoted } from './address-error.ts'
import { IpAddress } from './ip-address.ts'
import { LONGEST_IPV6_TEXT } from './ipv6-text.ts'

const LONGEST_PREFIX_TEXT = LONGEST_IPV6_TEXT + 4

/** A prefix as written: its address may still have bits set after `length`. */
export interface WrittenPrefix {
  readonly address: IpAddress
  readonly length: number
}

/**
 * Reads `address/length` where the address is what `IpAddress.parse` accepts and the length is
 * decimal without sign, blank or leading zero, up to three digits. Netmasks are refused. Throws
 * `INVALID_PREFIX`. Whether the length suits the IP version is for the caller to check. Cost: one
 * pass; text over 49 characters is refused unread.
 */
export function readPrefixText(text: string): WrittenPrefix {
  if (typeof text !== 'string') throw invalid('a prefix must be a text')
  if (text === '') throw invalid('the prefix is empty')
  if (text.length > LONGEST_PREFIX_TEXT) throw invalid('the text is too long for a prefix')
  const slash = text.indexOf('/')
  if (slash < 0) {
    throw invalid(`${quoted(text, 'the text')} has no prefix length; write it as address/length`)
  }
  const address = readAddress(text.slice(0, slash))
  const length = scanLength(text, slash + 1)
  if (length < 0) {
    throw invalid(
      `the prefix length in ${quoted(text, 'the text')} is not a plain decimal number without leading zeros`,
    )
  }
  return { address, length }
}

function readAddress(text: string): IpAddress {
  try {
    return IpAddress.parse(text)
  } catch (error) {
    if (error instanceof AddressError) throw invalid(error.reason)
    throw error
  }
}

/** The decimal number from `start` to the end of `text`, or -1 if there is anything else. */
function scanLength(text: string, start: number): number {
  const digits = text.length - start
  if (digits < 1 || digits > 3) return -1
  if (digits > 1 && text.charCodeAt(start) === 48) return -1
  let length = 0
  for (let i = start; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 48
    if (digit < 0 || digit > 9) return -1
    length = length * 10 + digit
  }
  return length
}

function invalid(reason: string): AddressError {
  return new AddressError('INVALID_PREFIX', reason)
}
