import { quoted } from './address-error.ts'
import { LONGEST_IPV6_TEXT, scanIpv6 } from './ipv6-text.ts'

export const MAPPED_REASON =
  'IPv4-mapped IPv6 addresses are not accepted; write the IPv4 address itself'

/**
 * Why `IpAddress.parse` refused this input, as a sentence for people. Called only for input already
 * refused, so that the reading path carries no messages; decides nothing itself.
 */
export function explainAddress(input: unknown): string {
  if (typeof input !== 'string') return 'an address must be a text'
  if (input === '') return 'the address is empty'
  if (input.length > LONGEST_IPV6_TEXT) return 'the text is too long for an address'
  const shown = quoted(input, 'the text')
  if (input.includes('%')) return `${shown} has a zone id; write the address without it`
  if (input.includes('/')) return `${shown} is a prefix; write an address without a length`
  if (/\s/.test(input)) return `${shown} holds a blank or line break`
  if (/[[\]]/.test(input)) return `${shown} has brackets; write the address without them`
  if (input.includes(':')) return explainIpv6(input, shown)
  if (/^[0-9.]+$/.test(input)) return explainIpv4(input, shown)
  return `${shown} is not an IPv4 or IPv6 address`
}

function explainIpv4(input: string, shown: string): string {
  const octets = input.split('.')
  if (octets.length !== 4) return `${shown} does not have the four octets of an IPv4 address`
  if (octets.includes('')) return `${shown} has an empty octet`
  if (octets.some((octet) => octet.length > 1 && octet.startsWith('0'))) {
    return `${shown} has an octet with a leading zero, which some programs read as octal`
  }
  return `${shown} has an octet above 255`
}

function explainIpv6(input: string, shown: string): string {
  // Text that scans and was refused all the same can only be IPv4-mapped.
  if (scanIpv6(input, new Uint16Array(8))) return MAPPED_REASON
  if (input.includes(':::')) return `${shown} has three colons in a row`
  if (input.indexOf('::') !== input.lastIndexOf('::')) return `${shown} has "::" more than once`
  if (input.split(':').some((group) => /^[0-9a-f]{5,}$/i.test(group))) {
    return `${shown} has a group of more than four hex digits`
  }
  return `${shown} is not an IPv6 address`
}
